"""What a camera does to a picture, done to a whole batch at once.

All that is random is read from one table of uniform numbers, a row for each picture, so that a
picture looks the same however the batch is shared out between processes.
"""

from __future__ import annotations

from math import pi

import torch
import torch.nn.functional as F
from torch import Tensor

from irrvit.model.training.recipes.recipe import Augmentation

_CLUTTER = 4  # Blobs of background along each side of a picture.
_COLUMNS = 14 + 3 * _CLUTTER**2
_CLUTTER_BELOW = 0.1  # What is darker than this may be background.


def draws(pictures: int, generator: torch.Generator) -> Tensor:
    """The uniform numbers that `augment` reads: (pictures, columns)."""
    return torch.rand(pictures, _COLUMNS, generator=generator)


def augment(images: Tensor, table: Tensor, how: Augmentation) -> Tensor:
    """Change a batch of pictures on the 0..1 scale: (B, 3, H, W) -> (B, 3, H, W)."""
    images = _move(images, table[:, :5], how)
    if how.sharpness:
        images = _sharpen(images, table[:, 5], how.sharpness)
    if how.clutter:
        images = _clutter(images, table[:, 14:], table[:, 6] < how.clutter)
    if how.contrast:
        images = _contrast(images, table[:, 7:9], how.contrast)
    if how.invert:
        images = torch.where(_column(table[:, 9] < how.invert), 1 - images, images)
    if how.erase:
        images = _erase(images, table[:, 10:14], how.erase)
    return images


def _move(images: Tensor, u: Tensor, how: Augmentation) -> Tensor:
    """Shift, scale, rotate and mirror."""
    signed = 2 * u - 1
    angle = signed[:, 0] * how.rotate_degrees * pi / 180
    scale = 1 + signed[:, 1] * how.scale
    mirror = torch.where(u[:, 2] < how.mirror, -1.0, 1.0)
    shift = 2 * how.shift * signed[:, 3:5]  # In affine_grid's units a picture is 2 wide.
    cos, sin = angle.cos() * scale, angle.sin() * scale
    rows = [
        torch.stack([cos * mirror, -sin, shift[:, 0]], dim=1),
        torch.stack([sin * mirror, cos, shift[:, 1]], dim=1),
    ]
    grid = F.affine_grid(torch.stack(rows, dim=1), list(images.shape), align_corners=False)
    outside = "zeros" if how.outside == "black" else "reflection"
    return F.grid_sample(images, grid, padding_mode=outside, align_corners=False)


def _sharpen(images: Tensor, u: Tensor, strength: float) -> Tensor:
    """Add up to `strength` of what a blur of 3 x 3 takes away, or take as much away."""
    blurred = F.avg_pool2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return (images + strength * _column(2 * u - 1) * (images - blurred)).clamp(0, 1)


def _clutter(images: Tensor, u: Tensor, chosen: Tensor) -> Tensor:
    """Put blobs of light behind what is in the picture."""
    height, width = images.shape[2:]
    blobs = u.reshape(-1, 3, _CLUTTER, _CLUTTER)
    blobs = F.interpolate(blobs, (height, width), mode="bicubic", align_corners=False).clamp(0, 1)
    # Where the subject begins to show the blob fades, so that edges stay soft.
    subject = (images.amax(1, keepdim=True) / _CLUTTER_BELOW).clamp(0, 1)
    return torch.where(_column(chosen), images + (1 - subject) * blobs, images)


def _contrast(images: Tensor, u: Tensor, strength: float) -> Tensor:
    """Change contrast about the mean, and brightness, by up to `strength` of the full scale."""
    factor = 1 + strength * _column(2 * u[:, 0] - 1)
    offset = 0.5 * strength * _column(2 * u[:, 1] - 1)
    mean = images.mean((1, 2, 3), keepdim=True)
    return ((images - mean) * factor + mean + offset).clamp(0, 1)


def _erase(images: Tensor, u: Tensor, probability: float) -> Tensor:
    """Hide a rectangle, a quarter to a half of the picture along each side (arXiv 1708.04896)."""
    height, width = images.shape[2:]
    y, x = (torch.linspace(0, 1, n, device=u.device).view(1, -1) for n in (height, width))
    # One number says whether and how large: below the probability it is uniform again.
    size = 0.25 + 0.25 * (u[:, :1] / probability)
    rows = (y - u[:, 1:2] * (1 - size) - size / 2).abs() < size / 2
    columns = (x - u[:, 2:3] * (1 - size) - size / 2).abs() < size / 2
    hidden = (rows.unsqueeze(2) & columns.unsqueeze(1)).unsqueeze(1)
    return torch.where(hidden & _column(u[:, 0] < probability), _column(u[:, 3]), images)


def _column(values: Tensor) -> Tensor:
    """(B) -> (B, 1, 1, 1)."""
    return values.view(-1, 1, 1, 1)
