"""Are the numbers in a float32 file the network's? Each constant is looked up among them.

One wrong number of a layer of thousands hardly moves an output. But converters write most weights
as they are, in another layout at most: a constant half of whose numbers are a parameter's to the
bit is that parameter, and the other half has to be so too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

_FEWEST = 8  # Of fewer numbers two constants may share half by chance.
_SHARED = 0.5


def foreign_numbers(
    constants: Mapping[str, np.ndarray], parameters: Mapping[str, np.ndarray]
) -> list[str]:
    """One sentence for each constant of a file that is a parameter of the network but for a part.

    Args:
        constants: of the file, float32, by its names.
        parameters: of the network, and its buffers, in any layout.
    """
    by_size: dict[int, list[tuple[str, np.ndarray]]] = {}
    for name, values in parameters.items():
        by_size.setdefault(values.size, []).append((name, _sorted(values)))
    sentences = []
    for name, values in constants.items():
        candidates = by_size.get(values.size, [])
        if values.size >= _FEWEST and (found := _almost(_sorted(values), candidates)):
            sentences.append(f"the constant '{name}' is the network's {found}")
    return sentences


def _sorted(values: np.ndarray) -> np.ndarray:
    return np.sort(np.asarray(values, np.float32).ravel())


def _almost(values: np.ndarray, candidates: Sequence[tuple[str, np.ndarray]]) -> str:
    """Which parameter has at least half of some numbers, but not all; "" if one has all."""
    if any(np.array_equal(values, numbers) for _, numbers in candidates):
        return ""
    nearest = ""
    for name, numbers in candidates:
        foreign = np.setdiff1d(values, numbers)
        is_known = np.isin(values, numbers)
        if foreign.size and is_known.mean() >= _SHARED:
            lost = np.setdiff1d(numbers, values)
            count = int((~is_known).sum())
            such = f", such as {foreign[0]:.6g}" + (f" for {lost[0]:.6g}" if lost.size else "")
            nearest = f"'{name}' but for {count} of {values.size} numbers{such}"
    return nearest
