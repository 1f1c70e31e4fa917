"""Operations that move numbers about and change none: shapes, joints, slices, padding."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from irrvit.export.coreml.ops.values import UnsupportedValue


def _identity(x: Tensor) -> Tensor:
    return x


def _reshape(x: Tensor, shape: list[int]) -> Tensor:
    # 0 keeps the size of the input at that place.
    return x.reshape([x.shape[i] if size == 0 else size for i, size in enumerate(shape)])


def _transpose(x: Tensor, perm: list[int]) -> Tensor:
    return x.permute(perm)


def _expand_dims(x: Tensor, axes: list[int]) -> Tensor:
    rank = x.dim() + len(axes)
    for axis in sorted(axis % rank for axis in axes):
        x = x.unsqueeze(axis)
    return x


def _squeeze(x: Tensor, axes: list[int] | None = None) -> Tensor:
    return x.squeeze() if axes is None else x.squeeze(tuple(axes))


def _flatten2d(x: Tensor, axis: int) -> Tensor:
    return x.reshape(math.prod(x.shape[:axis]), -1)


def _shape(x: Tensor) -> Tensor:
    return torch.tensor(x.shape, dtype=torch.int32)


def _concat(values: list[Tensor], axis: int, interleave: bool) -> Tensor:
    if not interleave:
        return torch.cat(
            [value.reshape(1) if value.dim() == 0 else value for value in values], axis
        )
    axis %= values[0].dim()
    return torch.stack(values, axis + 1).flatten(axis, axis + 1)


def _stack(values: list[Tensor], axis: int) -> Tensor:
    return torch.stack(values, axis)


def _split(
    x: Tensor, axis: int, num_splits: int | None = None, split_sizes: list[int] | None = None
) -> tuple[Tensor, ...]:
    if split_sizes is not None:
        return x.split(split_sizes, axis)
    if not num_splits or x.shape[axis] % num_splits:
        raise UnsupportedValue(f"{num_splits} parts of {x.shape[axis]}")
    return x.split(x.shape[axis] // num_splits, axis)


def _slice_by_index(
    x: Tensor,
    begin: list[int],
    end: list[int],
    stride: list[int] | None = None,
    begin_mask: list[bool] | None = None,
    end_mask: list[bool] | None = None,
    squeeze_mask: list[bool] | None = None,
) -> Tensor:
    """The masks say where `begin` and `end` do not count, and where one index is meant."""
    none = [False] * x.dim()
    stride, squeeze = stride or [1] * x.dim(), squeeze_mask or none
    free_begin, free_end = begin_mask or none, end_mask or none
    for axis, step in enumerate(stride):
        first = None if free_begin[axis] else begin[axis]
        last = None if free_end[axis] else end[axis]
        if squeeze[axis]:
            index = range(x.shape[axis])[begin[axis] if first is not None else 0]
            x = x.narrow(axis, index, 1)
        elif step > 0:
            x = x[(slice(None),) * axis + (slice(first, last, step),)]
        else:
            x = x.index_select(axis, torch.tensor(range(x.shape[axis])[first:last:step]))
    return x.squeeze(tuple(axis for axis, squeezed in enumerate(squeeze) if squeezed))


def _slice_by_size(x: Tensor, begin: list[int], size: list[int]) -> Tensor:
    for axis, (first, count) in enumerate(zip(begin, size, strict=True)):
        first %= x.shape[axis]
        x = x.narrow(axis, first, x.shape[axis] - first if count == -1 else count)
    return x


def _tile(x: Tensor, reps: list[int]) -> Tensor:
    return x.repeat(reps)


def _reverse(x: Tensor, axes: list[int] | None = None) -> Tensor:
    return x.flip(list(range(x.dim())) if axes is None else axes)


def _pad(x: Tensor, pad: list[int], mode: str, constant_val: float) -> Tensor:
    """`pad` holds before and after for each of the last axes, in the order of the axes."""
    pairs = list(zip(pad[::2], pad[1::2], strict=True))
    if mode == "constant":
        return F.pad(x, [n for pair in reversed(pairs) for n in pair], value=constant_val)
    for axis, (before, after) in enumerate(pairs, x.dim() - len(pairs)):
        last = x.shape[axis] - 1
        index = torch.arange(-before, last + 1 + after)
        if mode == "reflect":
            index = last - (last - index.abs()).abs()
        elif mode == "replicate":
            index = index.clamp(0, last)
        else:
            raise UnsupportedValue(f"mode '{mode}'")
        x = x.index_select(axis, index)
    return x


def _crop(x: Tensor, crop_height: list[int], crop_width: list[int]) -> Tensor:
    (top, bottom), (left, right) = crop_height, crop_width
    return x[..., top : x.shape[-2] - bottom, left : x.shape[-1] - right]


def _depth_to_space(x: Tensor, block_size: int) -> Tensor:
    """(B, b*b*C, H, W) -> (B, C, H*b, W*b); the block is the slow part of the channel axis."""
    B, C, H, W = x.shape
    x = x.reshape(B, block_size, block_size, C // block_size**2, H, W)
    return x.permute(0, 3, 4, 1, 5, 2).reshape(B, -1, H * block_size, W * block_size)


def _space_to_depth(x: Tensor, block_size: int) -> Tensor:
    """(B, C, H*b, W*b) -> (B, b*b*C, H, W), the reverse of `_depth_to_space`."""
    B, C, H, W = x.shape
    x = x.reshape(B, C, H // block_size, block_size, W // block_size, block_size)
    return x.permute(0, 3, 5, 1, 2, 4).reshape(B, -1, H // block_size, W // block_size)


def _pixel_shuffle(x: Tensor, upscale_factor: int) -> Tensor:
    return F.pixel_shuffle(x, upscale_factor)


def _pixel_unshuffle(x: Tensor, downscale_factor: int) -> Tensor:
    return F.pixel_unshuffle(x, downscale_factor)


def _fill(shape: list[int], value: Tensor) -> Tensor:
    return value.expand(shape)


def _fill_like(ref_tensor: Tensor, value: Tensor) -> Tensor:
    return value.expand(ref_tensor.shape)


OPERATIONS = {
    "concat": _concat,
    "crop": _crop,
    "depth_to_space": _depth_to_space,
    "expand_dims": _expand_dims,
    "fill": _fill,
    "fill_like": _fill_like,
    "flatten2d": _flatten2d,
    "identity": _identity,
    "pad": _pad,
    "pixel_shuffle": _pixel_shuffle,
    "pixel_unshuffle": _pixel_unshuffle,
    "reshape": _reshape,
    "reverse": _reverse,
    "shape": _shape,
    "slice_by_index": _slice_by_index,
    "slice_by_size": _slice_by_size,
    "space_to_depth": _space_to_depth,
    "split": _split,
    "squeeze": _squeeze,
    "stack": _stack,
    "tile": _tile,
    "transpose": _transpose,
}
