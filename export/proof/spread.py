"""What decides in a network's outputs: their spread, in relation to which errors are given."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

MIN_SPREAD = 1e-4
"""A reference that spreads less than this (relative to its size) can hide any error."""


def decisive_scale(reference: np.ndarray) -> np.ndarray:
    """Return for outputs (N, ...) of N cases the scale (N,) of what decides in each.

    That is the spread across the outputs of the case, or, where it is smaller, the largest spread
    of an output across the cases. An offset that all outputs share decides nothing, nor does what
    a network says whatever it sees; of a single output only the second spread is there. 0 means
    that nothing is decided at all.

    What is the same in every case, such as the anchors of a detector, is held to its own spread,
    or, where there is none, to its size.
    """
    flat = np.asarray(reference, np.float64).reshape(len(reference), -1)
    within = np.ptp(flat, axis=1) if flat.shape[1] > 1 else np.full(len(flat), np.inf)
    if is_constant(flat):
        size = np.abs(flat).max(axis=1)
        own = np.isfinite(within) & (within > MIN_SPREAD * size)
        return np.where(own, within, np.where(size > 0, size, 1.0))
    across = np.ptp(flat, axis=0).max(initial=0.0) if len(flat) > 1 else np.inf
    scale = np.minimum(within, across)
    return np.where(np.isfinite(scale), scale, 0.0)


def is_constant(outputs: np.ndarray) -> bool:
    """Whether outputs (N, ...) of at least two cases are the same whatever the network sees."""
    if len(outputs) < 2 or not outputs.size:
        return False
    across = float(np.ptp(outputs, axis=0).max())
    return across <= MIN_SPREAD * float(np.abs(outputs).max())


def scales_by_case(reference: Mapping[str, np.ndarray]) -> dict[str, float]:
    """What decides in each case (...); of none where they cannot be held against each other."""
    outputs = [np.asarray(output, np.float64) for output in reference.values()]
    is_comparable = len({output.shape for output in outputs}) == 1
    if not is_comparable or not all(np.isfinite(output).all() for output in outputs):
        return {}
    return dict(zip(reference, decisive_scale(np.stack(outputs)).tolist(), strict=True))


def difference(candidate: np.ndarray, reference: np.ndarray) -> float:
    """The largest difference of outputs (N, ...), relative to what decides in its case.

    Of integers the largest share that differs: 3 is no nearer to 2 than to 20. Infinite where
    nothing can be compared: other shapes, numbers that are not finite, and outputs that differ
    where nothing is decided.
    """
    if candidate.shape != reference.shape or not np.isfinite(candidate).all():
        return float("inf")
    if reference.dtype.kind != "f":
        return float((candidate != reference).reshape(len(reference), -1).mean(axis=1).max())
    error = np.abs(np.asarray(candidate, np.float64) - reference).reshape(len(reference), -1)
    worst, scale = error.max(axis=1), decisive_scale(reference)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(worst > 0, worst / scale, 0.0)
    return float(relative.max())


def largest_difference(
    candidate: Mapping[str, np.ndarray], reference: Mapping[str, np.ndarray]
) -> float:
    """The largest difference of any output; infinite where one has outputs that the other lacks."""
    if set(candidate) != set(reference):
        return float("inf")
    return max(difference(candidate[name], values) for name, values in reference.items())
