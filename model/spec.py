"""What a network eats: size, colour and scale of its input, and how a picture gets there.

The one definition of preprocessing. The apps implement `preprocess` again, bit for bit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
from PIL import Image, ImageOps
from pydantic import BaseModel, ConfigDict, PositiveInt

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)

_FILTERS = {
    "nearest": Image.Resampling.NEAREST,
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos": Image.Resampling.LANCZOS,
}


class InputSpec(BaseModel):
    """The picture a network expects.

    Attributes:
        height, width: pixels that reach the network.
        resize: the picture is scaled until it just covers `height` x `width` enlarged by
            `resize / min(height, width)`; for a square input its shorter side becomes `resize`.
        crop: which part of the scaled picture is taken.
        mean, std: per channel, on the 0..1 scale. An exported file applies them itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    height: PositiveInt = 224
    width: PositiveInt = 224
    color: Literal["RGB"] = "RGB"
    resize: PositiveInt = 256
    crop: Literal["center"] = "center"
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos"] = "bicubic"
    mean: tuple[float, float, float] = IMAGENET_MEAN
    std: tuple[float, float, float] = IMAGENET_STD


def upright(image: Image.Image) -> Image.Image:
    """Turn a picture as its camera was held (its EXIF orientation), and make it RGB."""
    return ImageOps.exif_transpose(image).convert("RGB")


def scaled_size(width: int, height: int, spec: InputSpec) -> tuple[int, int]:
    """Width and height of the scaled picture, of which `preprocess` takes the centre."""
    scale = spec.resize / min(spec.height, spec.width)
    scale *= max(spec.height / height, spec.width / width)
    # Rounded down as torchvision does, and never below what the crop needs. A whole number may come
    # out a rounding error too small; what is added is less than any true fraction misses one by.
    return max(int(width * scale + 1e-6), spec.width), max(int(height * scale + 1e-6), spec.height)


def preprocess(image: Image.Image, spec: InputSpec) -> np.ndarray:
    """Turn, resize and crop a picture to what a network eats.

    Returns:
        uint8 RGB pixels (height, width, 3), 0..255; mean and std are not applied.
    """
    image = upright(image)
    size = scaled_size(image.width, image.height, spec)
    image = image.resize(size, _FILTERS[spec.interpolation])
    left, top = round((size[0] - spec.width) / 2), round((size[1] - spec.height) / 2)
    return np.asarray(image.crop((left, top, left + spec.width, top + spec.height)))


def read_picture(path: Path, spec: InputSpec) -> np.ndarray:
    """Read a picture file as `preprocess` returns it: uint8 (height, width, 3)."""
    with Image.open(path) as image:
        return preprocess(image, spec)
