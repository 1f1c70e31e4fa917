"""What a network eats: size, colour and scale of its input, and how a picture gets there.

The one definition of preprocessing. The apps implement `preprocess` again, bit for bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite
from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps
from pydantic import BaseModel, ConfigDict, PositiveInt
from pydantic import model_validator as validates

from irrvit.model.errors import ModelError

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}
_MODES = {"RGB": "RGB", "gray": "L", "RGBA": "RGBA"}  # As Pillow calls them.
_CHANNELS = {"RGB": 3, "gray": 1, "RGBA": 4}


class InputSpec(BaseModel):
    """The picture a network expects.

    Attributes:
        height, width: pixels that reach the network.
        resize: the picture is scaled until it just covers `height` x `width` enlarged by
            `resize / min(height, width)`; for a square input its shorter side becomes `resize`.
            Squashed, it is scaled to just that size; bordered, until it just fits into it.
        color: an opaque picture has an alpha of 255 everywhere.
        crop: "center" keeps what is in the middle; "squash" forgets the picture's shape and keeps
            all but the margin of `resize`; "border" keeps all, with borders of `mean`.
        mean, std: per channel, on the 0..1 scale. An exported file applies them itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    height: PositiveInt = 224
    width: PositiveInt = 224
    color: Literal["RGB", "gray", "RGBA"] = "RGB"
    resize: PositiveInt = 256
    crop: Literal["center", "squash", "border"] = "center"
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos"] = "bicubic"
    mean: tuple[float, ...] = IMAGENET_MEAN
    std: tuple[float, ...] = IMAGENET_STD

    @property
    def channels(self) -> int:
        return _CHANNELS[self.color]

    @validates(mode="after")
    def _has_a_number_for_each_channel(self) -> InputSpec:
        for name, values in (("mean", self.mean), ("std", self.std)):
            if len(values) != self.channels:
                raise ValueError(
                    f"{name} has {len(values)} numbers: {self.color} pictures have {self.channels}"
                )
        return self


def require_scale(mean: Sequence[float] | None, std: Sequence[float] | None) -> None:
    """Refuse what cannot be the mean or the std of pixels between 0 and 1; None is anything.

    Raises:
        ModelError: with the values on that scale, where they are on the scale of 0 to 255.
    """
    for name, values in (("mean", mean), ("std", std)):
        if values is None:
            continue
        said = f"--{name} got {_numbers(values)}"
        if not all(isfinite(value) for value in values):
            raise ModelError(f"{said}: expected numbers on the 0..1 scale")
        if any(abs(value) > 1 for value in values):
            meant = _numbers([value / 255 for value in values])
            raise ModelError(
                f"{said}, which is the scale of pixels from 0 to 255: expected the scale from 0 to "
                f"1, --{name} {meant}"
            )
        if name == "std" and any(value <= 0 for value in values):
            raise ModelError(
                f"{said}: pixels are divided by it, expected numbers above 0, as in --std "
                f"{_numbers(IMAGENET_STD)}"
            )


def _numbers(values: Sequence[float]) -> str:
    return ",".join(f"{value:.6g}" for value in values)


def upright(image: Image.Image, color: str = "RGB") -> Image.Image:
    """Turn a picture as its camera was held (its EXIF orientation), and give it these colours."""
    return ImageOps.exif_transpose(image).convert(_MODES[color])


def scaled_size(width: int, height: int, spec: InputSpec) -> tuple[int, int]:
    """Width and height of the scaled picture, of which `preprocess` takes the centre."""
    enlarged = spec.resize / min(spec.height, spec.width)
    if spec.crop == "squash":
        return int(spec.width * enlarged + 1e-6), int(spec.height * enlarged + 1e-6)
    across, down = spec.width / width * enlarged, spec.height / height * enlarged
    if spec.crop == "border":
        return round(width * min(across, down)), round(height * min(across, down))
    scale = max(across, down)
    # Rounded down as torchvision does, and never below what the crop needs. A whole number may come
    # out a rounding error too small; what is added is less than any true fraction misses one by.
    return max(int(width * scale + 1e-6), spec.width), max(int(height * scale + 1e-6), spec.height)


def preprocess(image: Image.Image, spec: InputSpec) -> np.ndarray:
    """Turn, resize and crop a picture to what a network eats.

    Returns:
        uint8 pixels (height, width, channels), 0..255; mean and std are not applied.
    """
    image = upright(image, spec.color)
    size = scaled_size(image.width, image.height, spec)
    image = _bordered(image.resize(size, _FILTERS[spec.interpolation]), spec)
    left, top = round((image.width - spec.width) / 2), round((image.height - spec.height) / 2)
    pixels = np.asarray(image.crop((left, top, left + spec.width, top + spec.height)))
    return pixels if pixels.ndim == 3 else pixels[:, :, None]


def _bordered(image: Image.Image, spec: InputSpec) -> Image.Image:
    """Give a picture that is too small a border of the mean colour."""
    size = max(image.width, spec.width), max(image.height, spec.height)
    if size == image.size:
        return image
    mean = np.array([round(255 * value) for value in spec.mean], np.uint8)
    border = np.full((size[1], size[0], len(mean)), mean)
    canvas = Image.fromarray(border[:, :, 0] if len(mean) == 1 else border)
    canvas.paste(image, ((size[0] - image.width) // 2, (size[1] - image.height) // 2))
    return canvas


def read_picture(path: Path, spec: InputSpec) -> np.ndarray:
    """Read a picture file as `preprocess` returns it: uint8 (height, width, channels)."""
    with Image.open(path) as image:
        return preprocess(image, spec)
