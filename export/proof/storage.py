"""What storing a number in fewer bits may do to it, and no more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Bound = Callable[[np.ndarray], np.ndarray]
"""Numbers that were to be stored -> how far each stored one may be off."""

_ULP = 2.0**-23  # What float32 itself loses on the way.
_HALF = 2.0**-11  # Half a unit in the last place of float16, relative.
# Below float16's normal numbers; onnxruntime's converter makes 1.2e-7 of what is smaller than 1e-7.
_TINY = 1.2e-7


@dataclass(frozen=True)
class Stored:
    """A constant of a file as it stands there.

    Attributes:
        values: widened to float32.
        bound: what its storage explains.
    """

    values: np.ndarray
    bound: Bound


@dataclass(frozen=True)
class Range:
    """What a computed value can be in a file that holds it in few bits.

    Attributes:
        step: between one number and the next, from `low` to `high`.
    """

    low: float
    high: float
    step: float


def exactly(original: np.ndarray) -> np.ndarray:
    """Of float32: nothing, but for a converter's own arithmetic in the last place."""
    return np.abs(original) * _ULP


def as_float16(original: np.ndarray) -> np.ndarray:
    """Of float16: half a unit in the last place."""
    return np.abs(original) * (_HALF + _ULP) + _TINY


def in_steps(step: np.ndarray | float) -> Bound:
    """Of whole multiples of a step, or of one step for each number: half of it."""
    half = np.asarray(step, np.float64) / 2
    return lambda original: half + 4 * exactly(original)


def in_float16_steps(step: np.ndarray | float) -> Bound:
    """Of multiples of a step by which float16 numbers were divided, in float16.

    Quotients near 127 then have a 16th as their last place, so more than half a step may be lost.
    """
    half = np.asarray(step, np.float64) * (0.5 + 127 * _HALF)
    return lambda original: half + 2 * as_float16(original)


def by_table(table: np.ndarray) -> Bound:
    """Of a table of values, which hold numbers that were float16 before: what the nearest is off.

    Args:
        table: (K,) values.
    """
    values = np.sort(np.asarray(table, np.float64).ravel())

    def bound(original: np.ndarray) -> np.ndarray:
        above = np.searchsorted(values, original).clip(1, len(values) - 1)
        nearest = np.minimum(np.abs(values[above - 1] - original), np.abs(values[above] - original))
        return nearest + 2 * as_float16(original)

    return bound
