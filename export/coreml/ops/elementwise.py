"""Operations that treat every element alone, and those on two broadcast tensors."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from irrvit.export.coreml.ops.values import UnsupportedValue

_CASTS = {"fp16": torch.float32, "fp32": torch.float32, "int32": torch.int32, "bool": torch.bool}


def unary(function: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    """Give a torch function of one tensor the parameter name of the language."""

    def operation(x: Tensor) -> Tensor:
        return function(x)

    return operation


def _binary(function: Callable[[Tensor, Tensor], Tensor]) -> Callable[..., Tensor]:
    def operation(x: Tensor, y: Tensor) -> Tensor:
        return function(x, y)

    return operation


def _clip(x: Tensor, alpha: float, beta: float) -> Tensor:
    return x.clamp(alpha, beta)


def _threshold(x: Tensor, alpha: float) -> Tensor:
    return x.clamp(min=alpha)


def _inverse(x: Tensor, epsilon: float) -> Tensor:
    return (x + epsilon).reciprocal()


def _log(x: Tensor, epsilon: float) -> Tensor:
    return (x + epsilon).log()


def _rsqrt(x: Tensor, epsilon: float) -> Tensor:
    return (x + epsilon).rsqrt()


def _real_div(x: Tensor, y: Tensor) -> Tensor:
    if not x.is_floating_point():
        # Apple's text does not say whether integers are divided with or without a fraction.
        raise UnsupportedValue("division of integers")
    return x / y


def _cast(x: Tensor, dtype: str) -> Tensor:
    if dtype not in _CASTS:
        raise UnsupportedValue(f"dtype '{dtype}', only {', '.join(_CASTS)}")
    return x.to(_CASTS[dtype])


def _select(cond: Tensor, a: Tensor, b: Tensor) -> Tensor:
    return torch.where(cond, a, b)


OPERATIONS = {
    **{
        name: unary(getattr(torch, name))
        for name in [
            "abs",
            "acos",
            "asin",
            "atan",
            "atanh",
            "ceil",
            "cos",
            "cosh",
            "erf",
            "exp",
            "exp2",
            "floor",
            "logical_not",
            "round",
            "sign",
            "sin",
            "sinh",
            "sqrt",
            "square",
            "tan",
            "tanh",
        ]
    },
    **{
        name: _binary(getattr(torch, name))
        for name in [
            "add",
            "sub",
            "mul",
            "maximum",
            "minimum",
            "pow",
            "greater",
            "greater_equal",
            "less",
            "less_equal",
            "not_equal",
            "logical_and",
            "logical_or",
            "logical_xor",
        ]
    },
    "equal": _binary(torch.eq),
    "floor_div": _binary(torch.floor_divide),
    "real_div": _real_div,
    "cast": _cast,
    "clip": _clip,
    "inverse": _inverse,
    "log": _log,
    "rsqrt": _rsqrt,
    "select": _select,
    "threshold": _threshold,
}
