"""Operations that scale pictures, the last two axes."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from irrvit.export.coreml.ops.values import UnsupportedValue

# What the language calls them, and what torch does; torch mirrors at the pixels' centres
# ("reflection") if these are the corners, and otherwise at their outer edges ("symmetric").
_PADDING = {
    ("constant", True): "zeros",
    ("constant", False): "zeros",
    ("border", True): "border",
    ("border", False): "border",
    ("reflection", True): "reflection",
    ("symmetric", False): "reflection",
}


def _sample_points(n_in: int, n_out: int, mode: str) -> Tensor:
    """Where on the input's axis each output lies, float64 (n_out), as the documentation of
    `resize_bilinear` defines the modes.
    """
    i = torch.arange(n_out, dtype=torch.float64)
    steps = max(n_out - 1, 1)
    if mode == "STRICT_ALIGN_CORNERS" or (mode == "ALIGN_CORNERS" and n_out > 1):
        points = i * (n_in - 1) / steps
    elif mode == "ALIGN_CORNERS":
        points = (i * 0) + (n_in - 1) / 2
    elif mode == "DEFAULT":
        points = i * (n_in - n_in / n_out) / steps
    elif mode == "OFFSET_CORNERS":
        delta = max(1, n_in - 1) / n_out
        points = (i + 0.5) * delta
    elif mode == "UNALIGN_CORNERS":
        points = (i + 0.5) * n_in / n_out - 0.5
    else:
        raise UnsupportedValue(f"sampling_mode '{mode}'")
    return points.clamp(0, n_in - 1)


def _interpolation(n_in: int, n_out: int, mode: str) -> Tensor:
    """Linear interpolation as a matrix (n_out, n_in)."""
    points = _sample_points(n_in, n_out, mode)
    distance = (points[:, None] - torch.arange(n_in, dtype=torch.float64)).abs()
    return (1 - distance).clamp(min=0).float()


def _bilinear(x: Tensor, height: int, width: int, mode: str) -> Tensor:
    rows = _interpolation(x.shape[-2], height, mode)
    columns = _interpolation(x.shape[-1], width, mode)
    return rows @ x @ columns.T


def _resize_bilinear(
    x: Tensor, target_size_height: int, target_size_width: int, sampling_mode: str
) -> Tensor:
    return _bilinear(x, target_size_height, target_size_width, sampling_mode)


def _upsample_bilinear(
    x: Tensor,
    scale_factor_height: float,
    scale_factor_width: float,
    align_corners: bool,
    half_pixel_centers: bool | None = None,
) -> Tensor:
    if align_corners and half_pixel_centers:
        raise UnsupportedValue("align_corners together with half_pixel_centers")
    if align_corners:
        mode = "STRICT_ALIGN_CORNERS"
    else:
        mode = "DEFAULT" if half_pixel_centers is False else "UNALIGN_CORNERS"
    height = math.floor(x.shape[-2] * scale_factor_height)
    return _bilinear(x, height, math.floor(x.shape[-1] * scale_factor_width), mode)


def _nearest(x: Tensor, height: int, width: int) -> Tensor:
    planes = x.reshape(1, -1, *x.shape[-2:])
    return F.interpolate(planes, (height, width)).reshape(*x.shape[:-2], height, width)


def _resize_nearest_neighbor(x: Tensor, target_size_height: int, target_size_width: int) -> Tensor:
    return _nearest(x, target_size_height, target_size_width)


def _upsample_nearest_neighbor(
    x: Tensor, scale_factor_height: float, scale_factor_width: float
) -> Tensor:
    height = math.floor(x.shape[-2] * scale_factor_height)
    return _nearest(x, height, math.floor(x.shape[-1] * scale_factor_width))


def _resample(
    x: Tensor,
    coordinates: Tensor,
    sampling_mode: str,
    padding_mode: str,
    padding_value: float,
    coordinates_mode: str,
    align_corners: bool,
) -> Tensor:
    """x (B, C, H, W) at coordinates (B, H', W', 2), x before y, -1 to 1 across the picture."""
    if coordinates_mode != "normalized_minus_one_to_one":
        raise UnsupportedValue(f"coordinates_mode '{coordinates_mode}'")
    mode = _PADDING.get((padding_mode, align_corners))
    if mode is None or (mode == "zeros" and padding_value != 0):
        raise UnsupportedValue(f"padding_mode '{padding_mode}' with {padding_value}")
    return F.grid_sample(x, coordinates, sampling_mode, mode, align_corners=align_corners)


OPERATIONS = {
    "resample": _resample,
    "resize_bilinear": _resize_bilinear,
    "resize_nearest_neighbor": _resize_nearest_neighbor,
    "upsample_bilinear": _upsample_bilinear,
    "upsample_nearest_neighbor": _upsample_nearest_neighbor,
}
