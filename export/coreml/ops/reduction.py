"""Operations that make one number of many along axes; all axes where none are named."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


def _reduction(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Wrap `function(x, axes, keepdim)`."""

    def operation(x: Tensor, keep_dims: bool, axes: list[int] | None = None) -> Tensor:
        return function(x, list(range(x.dim())) if axes is None else axes, keep_dims)

    return operation


def _prod(x: Tensor, axes: list[int], keepdim: bool) -> Tensor:
    for axis in sorted((axis % x.dim() for axis in axes), reverse=True):
        x = x.prod(axis, keepdim=keepdim, dtype=x.dtype)
    return x


def _sum(x: Tensor, axes: list[int], keepdim: bool) -> Tensor:
    return x.sum(axes, keepdim=keepdim, dtype=x.dtype)


def _arg(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    def operation(x: Tensor, axis: int, keep_dims: bool) -> Tensor:
        return function(x, axis, keepdim=keep_dims).to(torch.int32)

    return operation


OPERATIONS = {
    "reduce_argmax": _arg(torch.argmax),
    "reduce_argmin": _arg(torch.argmin),
    "reduce_l1_norm": _reduction(lambda x, axes, keep: _sum(x.abs(), axes, keep)),
    "reduce_l2_norm": _reduction(lambda x, axes, keep: _sum(x.square(), axes, keep).sqrt()),
    "reduce_log_sum": _reduction(lambda x, axes, keep: _sum(x, axes, keep).log()),
    "reduce_log_sum_exp": _reduction(torch.logsumexp),
    "reduce_max": _reduction(torch.amax),
    "reduce_mean": _reduction(torch.mean),
    "reduce_min": _reduction(torch.amin),
    "reduce_prod": _reduction(_prod),
    "reduce_sum": _reduction(_sum),
    "reduce_sum_square": _reduction(lambda x, axes, keep: _sum(x.square(), axes, keep)),
}
