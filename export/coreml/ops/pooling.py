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


def _is_torch_padding(
    pairs: list[tuple[int, int]], kernel_sizes: list[int], ceil_mode: bool
) -> bool:
    """Whether torch's own padding does: the same on both sides, at most half a kernel."""
    if all(a == b and 2 * a <= k for (a, b), k in zip(pairs, kernel_sizes, strict=True)):
        return True
    if ceil_mode:
        raise UnsupportedValue(f"ceil_mode with padding {pairs}")
    return False


def _max_pool(
    x: Tensor,
    kernel_sizes: list[int],
    strides: list[int],
    pad_type: str,
    pad: list[int],
    ceil_mode: bool,
) -> Tensor:
    pairs = paddings(pad_type, pad, list(x.shape[2:]), kernel_sizes, strides)
    amount = [before for before, _ in pairs]
    if not _is_torch_padding(pairs, kernel_sizes, ceil_mode):
        x, amount = pad_axes(x, pairs, -math.inf), [0] * len(pairs)
    pool = _MAX[len(pairs)]
    return pool(x, kernel_sizes, strides, amount, ceil_mode=ceil_mode)


def _avg_pool(
    x: Tensor,
    kernel_sizes: list[int],
    strides: list[int],
    pad_type: str,
    pad: list[int],
    ceil_mode: bool,
    exclude_padding_from_average: bool,
) -> Tensor:
    pairs = paddings(pad_type, pad, list(x.shape[2:]), kernel_sizes, strides)
    pool = _AVG[len(pairs)]
    if _is_torch_padding(pairs, kernel_sizes, ceil_mode):
        amount = [before for before, _ in pairs]
        include = not exclude_padding_from_average
        return pool(x, kernel_sizes, strides, amount, ceil_mode, include)
    mean = pool(pad_axes(x, pairs, 0.0), kernel_sizes, strides)
    if not exclude_padding_from_average:
        return mean
    share = pool(pad_axes(torch.ones_like(x), pairs, 0.0), kernel_sizes, strides)
    return mean / share


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
