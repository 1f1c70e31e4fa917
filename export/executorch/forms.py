"""Operations said in those that XNNPACK takes, exactly. Each takes what the operation takes."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import Any

import torch
from torch import Tensor


def mean(x: Tensor, axes: Sequence[int], keepdim: bool = False) -> Tensor:
    """As `mean`, over the last two axes of a map: the one mean that XNNPACK has here.

    The numbers of one mean stand below each other in a map (1, means, numbers, 1).
    """
    axes = sorted(axis % x.dim() for axis in axes)
    kept = [axis for axis in range(x.dim()) if axis not in axes]
    shape = [x.shape[axis] for axis in kept]
    size = [1 if a in axes else x.shape[a] for a in range(x.dim())] if keepdim else shape
    if (x.dim(), axes) != (4, [2, 3]):
        x = x if [*kept, *axes] == list(range(x.dim())) else x.permute(*kept, *axes)
        x = x.reshape(1, prod(shape), -1, 1)
    y = x.mean((2, 3), keepdim=True)
    return y.reshape(size)


def total(x: Tensor, axes: Sequence[int], keepdim: bool = False) -> Tensor:
    """As `sum`."""
    return mean(x, axes, keepdim) * float(prod(x.shape[axis] for axis in axes))


def layer_norm(
    x: Tensor,
    shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    *_how: object,
) -> Tensor:
    """As `layer_norm`."""
    axes = tuple(range(-len(shape), 0))
    y = _normalized(x, axes, eps)
    y = y if weight is None else y * weight
    return y if bias is None else y + bias


def group_norm(
    x: Tensor,
    groups: int,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
    *_how: object,
) -> Tensor:
    """As `group_norm`."""
    channels = (-1, *(1 for _ in x.shape[2:]))
    y = _normalized(x.reshape(x.shape[0], groups, -1), (-1,), eps).reshape(x.shape)
    y = y if weight is None else y * weight.reshape(channels)
    return y if bias is None else y + bias.reshape(channels)


def _normalized(x: Tensor, axes: Sequence[int], eps: float) -> Tensor:
    centred = x - mean(x, axes, keepdim=True)
    return centred * torch.rsqrt(mean(centred * centred, axes, keepdim=True) + eps)


def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    mask: Tensor | None = None,
    *_how: object,
    scale: float | None = None,
    **_named: object,
) -> Tensor:
    """As `scaled_dot_product_attention`: its two products; a mask is added."""
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    weights = (query * factor) @ key.transpose(-2, -1)
    if mask is None:
        return torch.softmax(weights, dim=-1) @ value
    return softmax(weights + mask, -1) @ value


def softmax(x: Tensor, axis: int, *_how: object) -> Tensor:
    """As `softmax`, over the last axis of three: see `rules`."""
    if axis % x.dim() != x.dim() - 1:
        return softmax(x.transpose(axis, -1), -1).transpose(axis, -1)
    return torch.softmax(x.reshape(1, -1, x.shape[-1]), dim=-1).reshape(x.shape)


def hardsigmoid(x: Tensor) -> Tensor:
    """As `hardsigmoid`."""
    return (x + 3.0).clamp(0.0, 6.0) * (1 / 6)


def unchanged(x: Tensor, *_how: object) -> Tensor:
    """As what leaves it as it is."""
    return x


def selected(x: Tensor, axis: int, index: int) -> Tensor:
    """As `select`: a slice, then one axis fewer."""
    axis %= x.dim()
    one = x.narrow(axis, index % x.shape[axis], 1)
    return one.reshape(*x.shape[:axis], *x.shape[axis + 1 :])


def unbound(x: Tensor, axis: int = 0) -> tuple[Tensor, ...]:
    """As `unbind`."""
    return tuple(selected(x, axis, index) for index in range(x.shape[axis]))


def parted(x: Tensor, sizes: int | Sequence[int], axis: int = 0) -> tuple[Tensor, ...]:
    """As `split`: slices."""
    whole = x.shape[axis]
    if isinstance(sizes, int):
        sizes = [min(sizes, whole - start) for start in range(0, whole, sizes)]
    starts = [sum(sizes[:i]) for i in range(len(sizes))]
    return tuple(x.narrow(axis, at, size) for at, size in zip(starts, sizes, strict=True))


def rolled(x: Tensor, shifts: Sequence[int], axes: Sequence[int]) -> Tensor:
    """As `roll`: along each axis the end is put before the beginning."""
    for shift, axis in zip(shifts, axes, strict=True):
        size = x.shape[axis]
        if start := shift % size:
            ends = x.narrow(axis, size - start, start), x.narrow(axis, 0, size - start)
            x = torch.cat(ends, axis)
    return x


def pooled(x: Tensor, _size: Any) -> Tensor:
    """As `adaptive_avg_pool2d` to one pixel."""
    return x.mean((2, 3), keepdim=True)
