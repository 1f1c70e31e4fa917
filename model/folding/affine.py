"""The algebra of folding: a scale and a shift that move into the layer before or after them.

Every function returns a new layer and leaves its arguments alone. One slice of the first weight
axis is one output channel, in convolutions and linear layers alike.
"""

from __future__ import annotations

import copy
from typing import TypeVar

import torch
from torch import Tensor, nn

Layer = TypeVar("Layer", bound=nn.Conv1d | nn.Conv2d | nn.Linear)


def batch_norm_affine(norm: nn.BatchNorm1d | nn.BatchNorm2d) -> tuple[Tensor, Tensor]:
    """Scale and shift, each (C), that a BatchNorm applies in eval mode."""
    mean, variance = norm.running_mean, norm.running_var
    assert mean is not None, "a BatchNorm without statistics cannot fold"
    assert variance is not None
    scale = torch.rsqrt(variance + norm.eps)
    if norm.weight is not None:
        scale = scale * norm.weight
    shift = -mean * scale
    if norm.bias is not None:
        shift = shift + norm.bias
    return scale.detach(), shift.detach()


@torch.no_grad()
def fold_after(layer: Layer, scale: Tensor, shift: Tensor) -> Layer:
    """Return the layer that computes `scale * layer(x) + shift`, both (C_out)."""
    weight = layer.weight * scale.reshape(-1, *[1] * (layer.weight.dim() - 1))
    bias = shift if layer.bias is None else layer.bias * scale + shift
    return with_weights(layer, weight, bias)


@torch.no_grad()
def fold_before(layer: nn.Linear, scale: Tensor, shift: Tensor | None) -> nn.Linear:
    """Return the layer that computes `layer(scale * x + shift)`, both (C_in)."""
    bias = layer.bias
    if shift is not None:
        moved = layer.weight @ shift
        bias = moved if bias is None else bias + moved
    return with_weights(layer, layer.weight * scale, bias)


def fold_layer_norm(norm: nn.LayerNorm, readers: list[nn.Linear]) -> list[nn.Linear]:
    """Return the readers of a LayerNorm's output as they must be once it has no affine."""
    if norm.weight is None:
        return list(readers)
    return [fold_before(reader, norm.weight, norm.bias) for reader in readers]


def plain_layer_norm(norm: nn.LayerNorm) -> nn.LayerNorm:
    """Return the LayerNorm without its affine."""
    return nn.LayerNorm(list(norm.normalized_shape), eps=norm.eps, elementwise_affine=False)


def with_weights(layer: Layer, weight: Tensor, bias: Tensor | None) -> Layer:
    """Return a copy of the layer that has these weights."""
    replaced = copy.deepcopy(layer)
    replaced.weight = nn.Parameter(weight.detach().clone())
    replaced.register_parameter(
        "bias", None if bias is None else nn.Parameter(bias.detach().clone())
    )
    return replaced
