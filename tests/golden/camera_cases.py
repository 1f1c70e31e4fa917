"""Camera frames in YUV 4:2:0 of any strides and rotation, and what `preprocess` makes of them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image
from preprocess_cases import UPRIGHT, noise, specs

from irrvit.model.spec import preprocess


def camera_cases() -> dict[str, Any]:
    """Planes of any size and strides -> what reaches the network."""
    return {
        "input": "Three planes of noise as in preprocess.json: y from the seed, u from seed + 1,"
        " v from seed + 2; (rows - 1) * row_stride + (columns - 1) * pixel_stride + 1 bytes each;"
        " u and v have (height + 1) // 2 rows and (width + 1) // 2 columns. A pixel takes the u and"
        " v of its square; colours by Pillow's YCbCr (JPEG, BT.601); specs as in preprocess.json.",
        "output": "sha256 of the uint8 RGB bytes; a few pixels as [row, column, red, green, blue].",
        "cases": [_camera_case(frame) for frame in _frames()],
    }


def _frames() -> Iterator[dict[str, Any]]:
    for rotation in UPRIGHT:
        yield _frame("efficientnet_lite0", 640, 480, rotation=rotation, padding=64, pixel_stride=2)
        yield _frame("irrvit_fashion", 61, 83, rotation=rotation, padding=3)
    yield _frame("efficientnet_lite0", 1280, 720, rotation=90, pixel_stride=2)
    yield _frame("irrvit_300m", 353, 289, pixel_stride=2)
    yield _frame("wide", 320, 240, rotation=270, padding=32)


def _frame(spec: str, width: int, height: int, **rest: int) -> dict[str, Any]:
    rotation, pixel_stride = rest.get("rotation", 0), rest.get("pixel_stride", 1)
    padding, half = rest.get("padding", 0), (width + 1) // 2
    name = f"{spec}: {width}x{height}, colours {pixel_stride} bytes apart"
    name += f", turned {rotation}" if rotation else ""
    name += f", {padding} bytes between rows" if padding else ""
    return {
        "name": name,
        "seed": width + 11,
        "width": width,
        "height": height,
        "y_row_stride": width + padding,
        "uv_row_stride": half * pixel_stride + padding,
        "uv_pixel_stride": pixel_stride,
        "rotation": rotation,
        "spec": spec,
    }


def _camera_case(frame: dict[str, Any]) -> dict[str, Any]:
    turn = UPRIGHT[frame["rotation"]]
    picture = _picture(frame)
    output = preprocess(
        picture if turn is None else picture.transpose(turn), specs()[frame["spec"]]
    )
    height, width, _ = output.shape
    places = [(0, 0), (0, width - 1), (height // 2, width // 2), (height - 1, width // 3)]
    return frame | {
        "uint8_sha256": hashlib.sha256(output.tobytes()).hexdigest(),
        "pixels": [[row, column, *output[row, column].tolist()] for row, column in places],
    }


def _picture(frame: dict[str, Any]) -> Image.Image:
    width, height, seed = frame["width"], frame["height"], frame["seed"]
    half = (height + 1) // 2, (width + 1) // 2
    strides = frame["uv_row_stride"], frame["uv_pixel_stride"]
    y = _plane((height, width), (frame["y_row_stride"], 1), seed)
    u, v = (_plane(half, strides, seed + i) for i in (1, 2))
    u, v = (plane.repeat(2, axis=0).repeat(2, axis=1)[:height, :width] for plane in (u, v))
    bands = [Image.fromarray(np.ascontiguousarray(band)) for band in (y, u, v)]
    return Image.merge("YCbCr", bands).convert("RGB")


def _plane(shape: tuple[int, int], strides: tuple[int, int], seed: int) -> np.ndarray:
    """The last row ends with its last value, as a camera's buffer does."""
    (rows, columns), (row_stride, pixel_stride) = shape, strides
    content = noise((rows - 1) * row_stride + (columns - 1) * pixel_stride + 1, seed)
    return np.lib.stride_tricks.as_strided(content, shape, strides)
