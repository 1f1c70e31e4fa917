"""Activations; alpha and beta are what the language's documentation calls them."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from irrvit.export.coreml.ops.elementwise import unary
from irrvit.export.coreml.ops.values import UnsupportedValue


def _per_channel(vector: Tensor, like: Tensor) -> Tensor:
    """(C) -> (1, C, 1, ...)."""
    return vector.reshape(1, -1, *[1] * (like.dim() - 2))


def _clamped_relu(x: Tensor, alpha: float, beta: float) -> Tensor:
    return torch.where(x >= 0, x, alpha * x).clamp(max=beta)


def _elu(x: Tensor, alpha: float) -> Tensor:
    return torch.where(x > 0, x, alpha * torch.expm1(x))


def _gelu(x: Tensor, mode: str) -> Tensor:
    if mode == "EXACT":
        return F.gelu(x)
    if mode == "TANH_APPROXIMATION":
        return F.gelu(x, approximate="tanh")
    if mode == "SIGMOID_APPROXIMATION":
        return x * torch.sigmoid(1.702 * x)
    raise UnsupportedValue(f"mode '{mode}'")


def _leaky_relu(x: Tensor, alpha: float) -> Tensor:
    return torch.where(x >= 0, x, alpha * x)


def _linear_activation(x: Tensor, alpha: float, beta: float) -> Tensor:
    return alpha * x + beta


def _prelu(x: Tensor, alpha: Tensor) -> Tensor:
    return torch.where(x >= 0, x, _per_channel(alpha, x) * x)


def _scaled_tanh(x: Tensor, alpha: float, beta: float) -> Tensor:
    return alpha * torch.tanh(beta * x)


def _sigmoid_hard(x: Tensor, alpha: float, beta: float) -> Tensor:
    return (alpha * x + beta).clamp(0, 1)


def _softplus_parametric(x: Tensor, alpha: Tensor, beta: Tensor) -> Tensor:
    return _per_channel(alpha, x) * F.softplus(_per_channel(beta, x) * x)


def _softmax(x: Tensor, axis: int) -> Tensor:
    return torch.softmax(x, axis)


def _thresholded_relu(x: Tensor, alpha: float) -> Tensor:
    return torch.where(x >= alpha, x, 0.0)


OPERATIONS = {
    "clamped_relu": _clamped_relu,
    "elu": _elu,
    "gelu": _gelu,
    "leaky_relu": _leaky_relu,
    "linear_activation": _linear_activation,
    "prelu": _prelu,
    "relu": unary(torch.relu),
    "relu6": unary(F.relu6),
    "scaled_tanh": _scaled_tanh,
    "sigmoid": unary(torch.sigmoid),
    "sigmoid_hard": _sigmoid_hard,
    "silu": unary(F.silu),
    "softmax": _softmax,
    "softplus": unary(F.softplus),
    "softplus_parametric": _softplus_parametric,
    "softsign": unary(F.softsign),
    "thresholded_relu": _thresholded_relu,
}
