"""Pooling over the last axes."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from irrvit.export.coreml.ops.products import pad_axes, paddings
from irrvit.export.coreml.ops.values import UnsupportedValue

_AVG = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}
_MAX = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}


def _windows(
    x: Tensor,
    kernel_sizes: list[int],
    strides: list[int],
    pad_type: str,
    pad: list[int],
    ceil_mode: bool,
) -> list[tuple[int, int]]:
    """Rows before and after on each axis, with what `ceil_mode` adds behind."""
    size = list(x.shape[2:])
    pairs = paddings(pad_type, pad, size, kernel_sizes, strides)
    if not ceil_mode:
        return pairs
    axes = zip(pairs, size, kernel_sizes, strides, strict=True)
    return [(before, after + _beyond(before, after, *axis)) for (before, after), *axis in axes]


def _beyond(before: int, after: int, size: int, kernel: int, stride: int) -> int:
    """By how many rows the last window of `ceil_mode` goes beyond the padding, as documented."""
    if before != after:
        raise UnsupportedValue(f"ceil_mode with {before} rows before and {after} after")
    count = -(-(size + before + after - kernel) // stride) + 1
    if before + after > 0 and (count - 1) * stride >= size + before:
        count -= 1
    return max(0, (count - 1) * stride + kernel - size - before - after)


def _max_pool(
    x: Tensor,
    kernel_sizes: list[int],
    strides: list[int],
    pad_type: str,
    pad: list[int],
    ceil_mode: bool,
) -> Tensor:
    pairs = _windows(x, kernel_sizes, strides, pad_type, pad, ceil_mode)
    return _MAX[len(pairs)](pad_axes(x, pairs, -math.inf), kernel_sizes, strides)


def _avg_pool(
    x: Tensor,
    kernel_sizes: list[int],
    strides: list[int],
    pad_type: str,
    pad: list[int],
    ceil_mode: bool,
    exclude_padding_from_average: bool,
) -> Tensor:
    """What `ceil_mode` adds is padding like any other, and counts like it: torch never counts it
    (github.com/apple/coremltools/issues/2772).
    """
    pairs = _windows(x, kernel_sizes, strides, pad_type, pad, ceil_mode)
    pool = _AVG[len(pairs)]
    mean = pool(pad_axes(x, pairs, 0.0), kernel_sizes, strides)
    if not exclude_padding_from_average:
        return mean
    return mean / pool(pad_axes(torch.ones_like(x), pairs, 0.0), kernel_sizes, strides)


def _l2_pool(
    x: Tensor,
    kernel_sizes: list[int],
    strides: list[int],
    pad_type: str,
    pad: list[int],
    ceil_mode: bool,
) -> Tensor:
    if ceil_mode:
        raise UnsupportedValue("ceil_mode")
    pairs = paddings(pad_type, pad, list(x.shape[2:]), kernel_sizes, strides)
    mean = _AVG[len(pairs)](pad_axes(x.square(), pairs, 0.0), kernel_sizes, strides)
    return (mean * math.prod(kernel_sizes)).sqrt()


OPERATIONS = {"avg_pool": _avg_pool, "l2_pool": _l2_pool, "max_pool": _max_pool}
