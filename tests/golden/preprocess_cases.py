"""Pixels of any size, row stride and rotation, and what `preprocess` makes of them."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import ExifTags, Image, ImageOps

from irrvit.export.proof import cases
from irrvit.model.sources import efficientnet_lite0
from irrvit.model.sources.checkpoints import checkpoint
from irrvit.model.spec import InputSpec, preprocess

_WEIGHTS = Path(__file__).parents[2] / "model/weights"
_OURS = ("irrvit_fashion.safetensors", "irrvit_60m.safetensors")
# Clockwise degrees that put the picture upright; Pillow counts the other way.
UPRIGHT = {
    0: None,
    90: Image.Transpose.ROTATE_270,
    180: Image.Transpose.ROTATE_180,
    270: Image.Transpose.ROTATE_90,
}
# Left, top, right, bottom of what is kept of a photograph, so that the files stay small.
PHOTOGRAPHS = {"coffee": (190, 100, 350, 220), "chelsea": (140, 60, 231, 181)}


def noise(count: int, seed: int) -> np.ndarray:
    """Bytes that every language can make: state = state * 1664525 + 1013904223 mod 2^32, >> 24."""
    factors = np.full(count, 1664525, np.uint32).cumprod(dtype=np.uint32)
    sums = np.concatenate([[1], factors[:-1]]).cumsum(dtype=np.uint32)
    return ((factors * np.uint32(seed) + sums * np.uint32(1013904223)) >> 24).astype(np.uint8)


def preprocess_cases() -> dict[str, Any]:
    """Pixels of any size, row stride, rotation and spec -> what reaches the network."""
    known = specs()
    return {
        "input": "RGBA bytes, (height - 1) * row_stride + 4 * width of them. From a seed: each byte"
        " is state >> 24 after state = (state * 1664525 + 1013904223) mod 2^32, state starting as"
        " the seed; alpha and the bytes between rows are noise too. From a picture (binary PPM):"
        " alpha 255, no bytes between rows. Turned clockwise by `rotation` degrees first.",
        "output": "sha256 of the uint8 RGB bytes and of the same as little-endian float32; a few"
        " pixels as [row, column, red, green, blue].",
        "specs": {name: spec.model_dump(mode="json") for name, spec in known.items()},
        "cases": [_preprocess_case(case, known) for case in _frames()],
    }


def orientation_cases() -> dict[str, Any]:
    """What EXIF says of how a picture lies in its file -> what puts it upright."""
    return {
        "orientation": "a file's picture stands upright once it is mirrored left to right, if so,"
        " and then turned clockwise by so many degrees; browsers do so by themselves",
        "cases": [_orientation_case(exif) for exif in range(10)],
    }


def _orientation_case(exif: int) -> dict[str, Any]:
    picture = Image.fromarray(np.arange(6, dtype=np.uint8).reshape(2, 3))
    picture.getexif()[ExifTags.Base.Orientation] = exif
    upright = ImageOps.exif_transpose(picture)
    for mirrored, (rotation, turn) in itertools.product((False, True), UPRIGHT.items()):
        seen = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if mirrored else picture
        turned = seen if turn is None else seen.transpose(turn)
        if turned.size == upright.size and turned.tobytes() == upright.tobytes():
            name = f"EXIF orientation {exif}"
            return {"name": name, "exif": exif, "rotation": rotation, "mirrored": mirrored}
    raise AssertionError


def specs() -> dict[str, InputSpec]:
    fashion, natural = (checkpoint.read(_WEIGHTS / name).input for name in _OURS)
    assert fashion is not None
    assert natural is not None
    return {
        "efficientnet_lite0": efficientnet_lite0.INPUT,
        "irrvit_300m": InputSpec(),
        "irrvit_fashion": fashion,
        "irrvit_60m": natural,
        "bilinear": InputSpec(interpolation="bilinear"),
        "lanczos": InputSpec(interpolation="lanczos"),
        "nearest": InputSpec(interpolation="nearest"),
        "no_crop": InputSpec(resize=224),
        "wide": InputSpec(height=96, width=160, resize=110),
        "tall": InputSpec(height=161, width=97, resize=97, interpolation="bilinear"),
        "odd_tall": InputSpec(height=31, width=29, resize=37),
        "odd_wide": InputSpec(height=31, width=41, resize=43),
    }


def _frames() -> Iterator[dict[str, Any]]:
    """Spec, size, bytes between rows, rotation and where the bytes come from."""
    for rotation in UPRIGHT:
        yield _frame("efficientnet_lite0", 640, 480, rotation=rotation, padding=64)
        yield _frame("irrvit_fashion", 61, 83, rotation=rotation, padding=12)
        yield _frame("wide", 203, 151, rotation=rotation)
    yield _frame("efficientnet_lite0", 1280, 720)
    yield _frame("irrvit_300m", 720, 1280, rotation=270, padding=128)
    yield _frame("irrvit_fashion", 1280, 720, rotation=90)
    yield _frame("irrvit_60m", 1280, 720, rotation=90, padding=64)
    yield _frame("irrvit_60m", 64, 64)
    yield _frame("efficientnet_lite0", 500, 333, rotation=180, padding=4)
    for spec in ("bilinear", "lanczos", "nearest", "no_crop", "tall"):
        yield _frame(spec, 319, 241)
        yield _frame(spec, 57, 101, rotation=90, padding=20)
    for width, height in ((1, 1), (2, 3), (5, 1), (1, 40), (27, 29), (28, 28)):
        yield _frame("irrvit_fashion", width, height)
    yield _frame("efficientnet_lite0", 3, 2, padding=8)
    yield _frame("efficientnet_lite0", 256, 256)
    yield _frame("efficientnet_lite0", 257, 256)
    yield _frame("no_crop", 224, 300)
    yield _frame("nearest", 7, 9)
    yield _frame("nearest", 256, 255)
    yield from _frames_at_the_rounding()
    for picture in PHOTOGRAPHS:
        width, height = photograph(picture).size
        for spec in ("efficientnet_lite0", "irrvit_60m", "irrvit_fashion", "irrvit_300m"):
            yield _frame(spec, width, height, picture=picture)


def _frames_at_the_rounding() -> Iterator[dict[str, Any]]:
    """Sizes that scale to almost a whole number, which one more millionth makes whole or not."""
    yield _frame("wide", 36, 20)  # 197.99999999999997 columns are 198.
    yield _frame("wide", 34, 20)  # 109.99999999999999 rows are 110.
    yield _frame("odd_tall", 357, 353)  # 39.9999 columns are 39.
    yield _frame("odd_wide", 377, 411)  # 61.9999 rows are 61.


def _frame(spec: str, width: int, height: int, **rest: Any) -> dict[str, Any]:
    source = {"picture": f"{rest['picture']}.ppm"} if "picture" in rest else {"seed": width + 7}
    rotation, row_stride = rest.get("rotation", 0), 4 * width + rest.get("padding", 0)
    name = f"{spec}: {rest.get('picture', 'noise')} {width}x{height}"
    name += f", turned {rotation}" if rotation else ""
    name += f", rows of {row_stride} bytes" if row_stride > 4 * width else ""
    return {
        "name": name,
        "source": source,
        "width": width,
        "height": height,
        "row_stride": row_stride,
        "rotation": rotation,
        "spec": spec,
    }


def _preprocess_case(case: dict[str, Any], specs: dict[str, InputSpec]) -> dict[str, Any]:
    turn = UPRIGHT[case["rotation"]]
    picture = _picture(case)
    output = preprocess(picture if turn is None else picture.transpose(turn), specs[case["spec"]])
    height, width, _ = output.shape
    places = [(0, 0), (0, width - 1), (height // 2, width // 2), (height - 1, width // 3)]
    return case | {
        "uint8_sha256": hashlib.sha256(output.tobytes()).hexdigest(),
        "float32_sha256": hashlib.sha256(output.astype("<f4").tobytes()).hexdigest(),
        "pixels": [[row, column, *output[row, column].tolist()] for row, column in places],
    }


def _picture(case: dict[str, Any]) -> Image.Image:
    if "picture" in case["source"]:
        return photograph(case["source"]["picture"].removesuffix(".ppm"))
    width, height, row_stride = case["width"], case["height"], case["row_stride"]
    # The last row ends with its last pixel, as a camera's buffer does.
    buffer = np.zeros(height * row_stride, np.uint8)
    count = (height - 1) * row_stride + 4 * width
    buffer[:count] = noise(count, case["source"]["seed"])
    rows = buffer.reshape(height, row_stride)[:, : 4 * width]
    return Image.fromarray(np.ascontiguousarray(rows.reshape(height, width, 4)[..., :3]))


def photograph(name: str) -> Image.Image:
    """What is kept of a photograph."""
    path = next(path for path in cases.pictures() if path.stem == name)
    with Image.open(path) as image:
        return image.convert("RGB").crop(PHOTOGRAPHS[name])
