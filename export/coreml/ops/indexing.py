"""Operations that pick by index, and those that find an order."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from irrvit.export.coreml.ops.values import UnsupportedValue


def _from_start(indices: Tensor, size: int) -> Tensor:
    """Negative indices count from the end."""
    return torch.where(indices < 0, indices + size, indices).long()


def _gather(x: Tensor, indices: Tensor, axis: int, batch_dims: int) -> Tensor:
    axis %= x.dim()
    if batch_dims:
        rows = [
            _gather(row, index, axis - 1, batch_dims - 1)
            for row, index in zip(x, indices, strict=True)
        ]
        return torch.stack(rows)
    picked = x.index_select(axis, _from_start(indices, x.shape[axis]).flatten())
    return picked.reshape(*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :])


def _gather_along_axis(x: Tensor, indices: Tensor, axis: int) -> Tensor:
    return x.take_along_dim(_from_start(indices, x.shape[axis]), axis)


def _gather_nd(x: Tensor, indices: Tensor, batch_dims: int) -> Tensor:
    if batch_dims:
        rows = [
            _gather_nd(row, index, batch_dims - 1) for row, index in zip(x, indices, strict=True)
        ]
        return torch.stack(rows)
    columns = indices.unbind(-1)
    return x[tuple(_from_start(column, x.shape[i]) for i, column in enumerate(columns))]


def _scatter_nd(data: Tensor, indices: Tensor, updates: Tensor, mode: str) -> Tensor:
    if mode not in ("update", "add"):
        raise UnsupportedValue(f"mode '{mode}'")
    columns = enumerate(indices.unbind(-1))
    places = tuple(_from_start(column, data.shape[i]) for i, column in columns)
    return data.clone().index_put_(places, updates, accumulate=mode == "add")


def _scatter_along_axis(
    data: Tensor, indices: Tensor, updates: Tensor, axis: int, mode: str
) -> Tensor:
    places = _from_start(indices, data.shape[axis])
    if mode == "update":
        return data.scatter(axis, places, updates)
    if mode == "add":
        return data.scatter_add(axis, places, updates)
    raise UnsupportedValue(f"mode '{mode}'")


def _topk(
    x: Tensor,
    k: int,
    axis: int,
    ascending: bool,
    sort: bool = True,
    return_indices: bool = True,
) -> tuple[Tensor, ...]:
    """Sorted whatever `sort` says: without it no order is promised."""
    values, indices = x.topk(k, axis, largest=not ascending, sorted=True)
    return (values, indices.to(torch.int32)) if return_indices else (values,)


def _argsort(x: Tensor, axis: int, ascending: bool) -> Tensor:
    return x.argsort(stable=True, dim=axis, descending=not ascending).to(torch.int32)


def _cumsum(x: Tensor, axis: int, exclusive: bool, reverse: bool) -> Tensor:
    x = x.flip(axis) if reverse else x
    total = x.cumsum(axis, dtype=x.dtype)
    total = total - x if exclusive else total
    return total.flip(axis) if reverse else total


def _one_hot(
    indices: Tensor, one_hot_vector_size: int, axis: int, on_value: Tensor, off_value: Tensor
) -> Tensor:
    hot = F.one_hot(indices.long(), one_hot_vector_size).bool()
    return torch.where(hot, on_value, off_value).movedim(-1, axis)


def _range_1d(start: Tensor, end: Tensor, step: Tensor) -> Tensor:
    count = math.ceil((end.item() - start.item()) / step.item())
    return start + step * torch.arange(count, dtype=start.dtype)


def _band_part(x: Tensor, lower: int, upper: int) -> Tensor:
    """Negative: everything on that side stays."""
    rows, columns = torch.arange(x.shape[-2])[:, None], torch.arange(x.shape[-1])
    kept = torch.ones(x.shape[-2:], dtype=torch.bool)
    if lower >= 0:
        kept &= rows - columns <= lower
    if upper >= 0:
        kept &= columns - rows <= upper
    return torch.where(kept, x, torch.zeros_like(x))


OPERATIONS = {
    "argsort": _argsort,
    "band_part": _band_part,
    "cumsum": _cumsum,
    "gather": _gather,
    "gather_along_axis": _gather_along_axis,
    "gather_nd": _gather_nd,
    "one_hot": _one_hot,
    "range_1d": _range_1d,
    "scatter_along_axis": _scatter_along_axis,
    "scatter_nd": _scatter_nd,
    "topk": _topk,
}
