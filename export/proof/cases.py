"""What a written file is tried on: the photographs that come with the package, and seeded arrays.

Photographs, because random input alone reaches little of what a network does; arrays, because
photographs seldom have hard borders or fill the range.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from irrvit.model.spec import InputSpec, read_picture

_FOLDER = Path(__file__).parents[1] / "cases"
_SEED = 20210829


@dataclass(frozen=True)
class Case:
    """One input on which reference and candidate are compared.

    Attributes:
        pixels: as the network eats them, uint8 (H, W, C), 0..255.
        is_photograph: one of the sample photographs; else an array that was made up.
    """

    name: str
    pixels: np.ndarray = field(repr=False)
    is_photograph: bool = False


def pictures() -> list[Path]:
    """The sample photographs, by name; `LICENSES.md` beside them says whose they are."""
    return sorted(_FOLDER.glob("*.jpg"))


def golden_pictures(spec: InputSpec) -> dict[str, np.ndarray]:
    """Every photograph as the network sees it: file name -> uint8 (H, W, C).

    The apps hold their own preprocessing and runtime against what these give.
    """
    return {path.name: read_picture(path, spec) for path in pictures()}


def parity_cases(spec: InputSpec) -> tuple[Case, ...]:
    """Every case on which reference and candidate are compared, the photographs first."""
    return (
        *(Case(path.stem, read_picture(path, spec), is_photograph=True) for path in pictures()),
        Case("seeded-noise", _noise(spec)),
        Case("gradient", _in_colors_of(spec, _gradient(spec.height, spec.width))),
        Case("hard-edges", _in_colors_of(spec, _hard_edges(spec.height, spec.width))),
    )


def batch(cases: Iterable[Case]) -> np.ndarray:
    """The pixels of some cases as files take them: float32 (N, H, W, C)."""
    return np.stack([case.pixels for case in cases]).astype(np.float32)


def photographs(cases: Iterable[Case]) -> tuple[Case, ...]:
    """Those of some cases that are photographs."""
    return tuple(case for case in cases if case.is_photograph)


def _noise(spec: InputSpec) -> np.ndarray:
    generator = np.random.default_rng(_SEED)
    return generator.integers(0, 256, (spec.height, spec.width, spec.channels), np.uint8)


def _in_colors_of(spec: InputSpec, rgb: np.ndarray) -> np.ndarray:
    """Red alone, or a fourth channel beside the three: upside down, it is like none of them."""
    return np.concatenate([rgb, rgb[::-1, :, 1:2]], axis=-1)[:, :, : spec.channels]


def _gradient(height: int, width: int) -> np.ndarray:
    """Red grows to the right, green downwards, blue to the left: no two channels are alike."""
    right = np.linspace(0, 255, width)[None, :].repeat(height, axis=0)
    down = np.linspace(0, 255, height)[:, None].repeat(width, axis=1)
    return np.stack([right, down, 255 - right], axis=-1).round().astype(np.uint8)


def _hard_edges(height: int, width: int) -> np.ndarray:
    """Black beside white above cyan beside red; at the borders padding is far from the pixels."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, width // 2 :] = 255
    pixels[height // 2 :, : width // 2] = (0, 255, 255)
    pixels[height // 2 :, width // 2 :] = (255, 0, 0)
    return pixels
