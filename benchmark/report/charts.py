"""Where things go in a picture: axes with round ticks, outlines of long series, labels. Pure.

Positions are percentages of the plot's width and height, so that a picture fits every screen
without its text being scaled.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

# The plot on which labels were placed, and the size of text and dots there, in pixels.
_WIDTH, _HEIGHT = 860, 400
_CHARACTER, _LINE, _DOT = 6.7, 15, 11


@dataclass(frozen=True)
class Axis:
    """A range of values; `is_log` for ratios and for what spans decades."""

    low: float
    high: float
    ticks: tuple[float, ...]
    is_log: bool = False

    def percent(self, value: float) -> float:
        """How far along the axis, 0..100; what lies beyond an end is drawn at that end."""
        return min(100.0, max(0.0, self.unbounded_percent(min(max(value, self.low), self.high))))

    def unbounded_percent(self, value: float) -> float:
        low, high = self.low, self.high
        if self.is_log:
            value, low, high = math.log(value), math.log(low), math.log(high)
        return round(100 * (value - low) / (high - low), 2)


def linear_axis(highest: float) -> Axis:
    """From zero to a little above the highest value, with about five ticks."""
    rough = highest / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = power * next(m for m in (1, 2, 5, 10) if m * power >= rough)
    high = highest * 1.02
    return Axis(0.0, high, tuple(round(i * step, 9) for i in range(int(high / step) + 1)))


def log_axis(lowest: float, highest: float) -> Axis:
    """A little wider than its values; the wider, the fewer of the numbers from 1 to 9 are ticks."""
    room = max(1.15, (highest / lowest) ** 0.08)
    low, high = lowest / room, highest * room
    span = high / low
    steps = (1, 1.5, 2, 3, 4, 5, 7) if span < 8 else (1, 2, 5) if span < 500 else (1,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    ticks = (float(f"{step}e{power}") for power in powers for step in steps)
    return Axis(low, high, tuple(tick for tick in ticks if low <= tick <= high), is_log=True)


def ratio_axis(lowest: float, highest: float) -> Axis:
    """Around 1, which is its middle: twice as long is as far away as half."""
    reach = min(16.0, max(highest, 1 / lowest, 1.05) * 1.05)
    steps = (16, 8, 4, 2, 1.5, 1.25, 1.1, 1.05, 1.02)
    outer = next((step for step in steps if step <= reach), 1.02)
    inner = next((step for step in steps if step <= math.sqrt(outer)), None)
    marks = [outer] + ([inner] if inner else [])
    ticks = sorted({1.0, *marks, *(round(1 / mark, 2) for mark in marks)})
    return Axis(1 / reach, reach, tuple(ticks), is_log=True)


@dataclass(frozen=True)
class Outline:
    """A long series drawn small, as points `x,y` of a 100 x 100 box with y downwards.

    Attributes:
        band: a polygon from the least to the greatest value of each column.
        line: the medians of the columns.
        breaks: where one part ends and the next begins, in percent.
    """

    band: str
    line: str
    breaks: tuple[float, ...]


def outline(parts: Sequence[Sequence[float]], axis: Axis, *, columns: int = 240) -> Outline:
    """Draw the parts one after another; no slow call is lost, however many share a column."""
    values = np.concatenate([np.asarray(part, np.float64) for part in parts])
    chunks = np.array_split(values, min(columns, len(values)))
    xs = [100 * (i + 0.5) / len(chunks) for i in range(len(chunks))]

    def points(heights: list[float]) -> list[str]:
        return [f"{x:.2f},{100 - axis.percent(h):.2f}" for x, h in zip(xs, heights, strict=True)]

    tops = points([float(chunk.max()) for chunk in chunks])
    bottoms = points([float(chunk.min()) for chunk in chunks])
    middle = points([float(np.median(chunk)) for chunk in chunks])
    ends = np.cumsum([len(part) for part in parts])[:-1] / len(values)
    breaks = tuple(round(100 * float(end), 2) for end in ends)
    return Outline(" ".join(tops + bottoms[::-1]), " ".join(middle), breaks)


@dataclass(frozen=True)
class Label:
    """Text beside a dot, in pixels from its middle; `anchor` is SVG's word for which end is there.

    A label without `anchor` found no room.
    """

    dx: float = 0.0
    dy: float = 0.0
    anchor: str = ""


Box = tuple[float, float, float, float]


def place_labels(dots: Sequence[tuple[float, float]], texts: Sequence[str]) -> list[Label]:
    """Put each text beside its dot (percentages, y downwards) where it covers nothing."""
    taken = [_around(*_pixels(dot)) for dot in dots]
    labels = []
    for dot, text in zip(dots, texts, strict=True):
        label, box = _first_free(*_pixels(dot), len(text) * _CHARACTER, taken)
        labels.append(label)
        taken += [box] if box else []
    return labels


def _pixels(dot: tuple[float, float]) -> tuple[float, float]:
    return dot[0] / 100 * _WIDTH, dot[1] / 100 * _HEIGHT


def _around(x: float, y: float) -> Box:
    return (x - _DOT, y - _DOT, x + _DOT, y + _DOT)


def _first_free(x: float, y: float, width: float, taken: list[Box]) -> tuple[Label, Box | None]:
    for label, box in _places(x, y, width):
        inside = box[0] >= 0 and box[1] >= 0 and box[2] <= _WIDTH and box[3] <= _HEIGHT
        if inside and not any(_overlap(box, other) for other in taken):
            return label, box
    return Label(), None


def _places(x: float, y: float, width: float) -> Iterator[tuple[Label, Box]]:
    half, gap = _LINE / 2, _DOT + 3
    for dy in (0, -_LINE, _LINE):
        right, left = x + gap, x - gap
        yield Label(gap, dy, "start"), (right, y + dy - half, right + width, y + dy + half)
        yield Label(-gap, dy, "end"), (left - width, y + dy - half, left, y + dy + half)
    for dy in (-_DOT - half, _DOT + half):
        middle = (x - width / 2, y + dy - half, x + width / 2, y + dy + half)
        yield Label(0, dy, "middle"), middle


def _overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
