"""A table of values for the weights of a layer, and each weight's place in it."""

from __future__ import annotations

import numpy as np

SMALL = 512
"""Weights of fewer numbers stay as they are: their table would be larger."""
_ROUNDS = 50
_BINS = 1024


def palette(bits: int, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Choose 2 ** bits values by k-means in one dimension (Lloyd, doi:10.1109/TIT.1982.1056489).

    Returns:
        The values in rising order, and the nearest one's index for each weight, uint8.
    """
    numbers = np.sort(weight.ravel().astype(np.float64))
    sums = np.concatenate([[0.0], np.cumsum(numbers)])
    values = _start(numbers, 2**bits)
    for _ in range(_ROUNDS):
        ends = np.searchsorted(numbers, (values[1:] + values[:-1]) / 2)
        ends = np.concatenate([[0], ends, [len(numbers)]])
        counts = np.diff(ends)
        means = np.diff(sums[ends]) / np.maximum(counts, 1)
        values = np.where(counts > 0, means, values)
    values = np.sort(values).astype(weight.dtype)  # One that nobody chose may have been overtaken.
    middles = (values[1:].astype(np.float64) + values[:-1]) / 2
    indices = np.searchsorted(middles, weight.ravel())
    return values, indices.astype(np.uint8)


def _start(numbers: np.ndarray, count: int) -> np.ndarray:
    """Many values spread as the cube root of the density: the best there are (Panter and Dite)."""
    counts, edges = np.histogram(numbers, _BINS)
    share = np.concatenate([[0.0], np.cumsum(np.cbrt(counts))])
    return np.interp((np.arange(count) + 0.5) / count, share / share[-1], edges)
