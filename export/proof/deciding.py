"""What outputs decide: a class, the class of each place, which picture lies nearest.

Two files may differ in every number and still say the same. So what is decided is compared as well,
for what decides anything at all: a score or a depth does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from irrvit.model.outputs import OutputMeaning


@dataclass(frozen=True)
class Choices:
    """What an output decides for N pictures, in one place or in many.

    Attributes:
        chosen: (N, places).
        margin: by how much its numbers must move to decide otherwise, (N, places).
    """

    chosen: np.ndarray
    margin: np.ndarray


def decides(meaning: OutputMeaning) -> bool:
    """Whether such outputs decide anything."""
    return meaning in _CHOOSERS


def choices(meaning: OutputMeaning, values: np.ndarray) -> Choices | None:
    """What an output (N, ...) decides; None for nothing."""
    chooser = _CHOOSERS.get(meaning)
    return chooser(values) if chooser is not None and values.size else None


def shares_alike(
    meaning: OutputMeaning, reference: np.ndarray, candidate: np.ndarray, allowed: np.ndarray
) -> list[float | None]:
    """The share of what the reference decides that a candidate decides alike, for each picture.

    Args:
        reference: (N, ...), as is `candidate`.
        allowed: how far each number may be off, (N,); what that may turn round is not decided.

    Returns:
        None for a picture of which nothing is decided.
    """
    if candidate.shape != reference.shape:
        return [0.0] * len(reference)
    wanted = choices(meaning, reference)
    found = choices(meaning, candidate)
    if wanted is None or found is None:
        return [None] * len(reference)
    decided = wanted.margin > 2 * allowed[:, None]
    same = wanted.chosen == found.chosen
    return [
        float(row[where].mean()) if where.any() else None
        for row, where in zip(same, decided, strict=True)
    ]


def _largest(values: np.ndarray) -> Choices | None:
    """Of (N, classes, places), the class."""
    if values.shape[1] < 2:
        return None
    best = values.argmax(axis=1)
    second, first = np.moveaxis(np.partition(values, -2, axis=1)[:, -2:], 1, 0)
    return Choices(best, np.asarray(first - second, np.float64))


def _of_logits(values: np.ndarray) -> Choices | None:
    return _largest(values.reshape(len(values), -1, 1))


def _of_class_map(values: np.ndarray) -> Choices | None:
    return _largest(values.reshape(*values.shape[:2], -1))


def _of_indices(values: np.ndarray) -> Choices:
    flat = values.reshape(len(values), -1)
    return Choices(flat, np.full(flat.shape, np.inf))


def _of_embedding(values: np.ndarray) -> Choices | None:
    """Which of the other pictures is nearest, by the angle."""
    points = np.asarray(values, np.float64).reshape(len(values), -1)
    lengths = np.linalg.norm(points, axis=1)
    if len(points) < 3 or not lengths.all():
        return None
    cosines = (points / lengths[:, None]) @ (points / lengths[:, None]).T
    np.fill_diagonal(cosines, -np.inf)
    ranked = np.sort(cosines, axis=1)
    # Numbers that are off by e turn a point by e sqrt(D) / length at most, and two cosines, of two
    # points each, apart by four times of that.
    lead = (ranked[:, -1] - ranked[:, -2]) * lengths.min() / (2 * np.sqrt(points.shape[1]))
    return Choices(cosines.argmax(axis=1)[:, None], lead[:, None])


_CHOOSERS: Mapping[OutputMeaning, Callable[[np.ndarray], Choices | None]] = {
    OutputMeaning.LOGITS: _of_logits,
    OutputMeaning.CLASS_MAP: _of_class_map,
    OutputMeaning.INDICES: _of_indices,
    OutputMeaning.EMBEDDING: _of_embedding,
}
