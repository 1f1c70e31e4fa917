"""A Core ML package in Apple's runtime, and in our interpreter where there is none."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from irrvit.export.coreml import lint, program, range_scan
from irrvit.export.coreml.tools import coremltools
from irrvit.export.pixels import Outputs, image_tensor, one_by_one
from irrvit.export.target import Runner

_IMAGES = (1, 3)  # Channels of what Core ML knows as images.


class CoreMLRunner:
    """A package in Apple's runtime, on macOS.

    Its input is an image, so pixels are rounded to 8 bits.
    """

    name = "coreml"

    def __init__(self, path: Path):
        self._package = coremltools.models.MLModel(str(path))

    def run(self, pixels: np.ndarray) -> Outputs:
        """(N, H, W, C), 0..255 -> each output (N, ...)."""
        return one_by_one(self._infer, pixels)

    def _infer(self, pixels: np.ndarray) -> Outputs:
        picture: Any = inputs(pixels)["image"]
        if pixels.shape[-1] in _IMAGES:
            picture = Image.fromarray(np.rint(pixels[0]).clip(0, 255).astype(np.uint8).squeeze())
        answer = self._package.predict({"image": picture})
        return {name: np.asarray(value) for name, value in answer.items()}


class MilRunner:
    """A package in the reference interpreter; `export/coreml/program.py` says what it proves."""

    name = "mil-reference"

    def __init__(self, path: Path):
        self._program = program.load(path)

    def run(self, pixels: np.ndarray) -> Outputs:
        """(N, H, W, C), 0..255 -> each output (N, ...)."""
        return one_by_one(lambda one: self._program.run(inputs(one)), pixels)


def load(path: Path) -> Runner:
    """Load a package into Core ML where it exists, and into the reference interpreter elsewhere."""
    return CoreMLRunner(path) if sys.platform == "darwin" else MilRunner(path)


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Run one case (1, H, W, 3) and yield every intermediate value of the file, in order."""
    return program.load(path).trace(inputs(pixels))


def inspect(path: Path, pixels: np.ndarray) -> list[str]:
    """Traps of the Neural Engine, and overflow of fp16."""
    package = program.load(path)
    return lint.lint(package) + range_scan.scan(package, inputs(pixels))


def inputs(pixels: np.ndarray) -> dict[str, np.ndarray]:
    """(1, H, W, C) -> the program's input (1, C, H, W)."""
    return {"image": image_tensor(pixels).contiguous().numpy()}
