"""Does a file of lower precision hold the network? Its graph without rounding, judged exactly.

Limits that are wide enough for rounding hide mistakes: a lost factor of 0.9 once passed as float16.
So the written graph is run in float32 arithmetic with the numbers as stored, beside its *twin*: the
float32 file that the same conversion makes of the network, which was held against PyTorch, with the
stored numbers in the place of its own. Same operations, same numbers, same arithmetic: the two
agree to the last bits, whatever the precision, or they are two networks. What storing did to each
number is held to what its precision explains.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

import numpy as np

from irrvit.export.pixels import Outputs
from irrvit.export.proof.spread import largest_difference
from irrvit.export.proof.storage import Range, Stored
from irrvit.export.reports import Meaning

MAX_REL = 2e-5
_NAMED = 3  # Sentences of one kind; a broken file may break everywhere.


class FloatGraph(Protocol):
    """The graph of a written file in float32 arithmetic.

    Attributes:
        constants: by names that a file and its twin share.
        ranges: of the computed values that the file holds in few bits, by names of its own.
    """

    @property
    def constants(self) -> Mapping[str, Stored]: ...
    @property
    def ranges(self) -> Mapping[str, Range]: ...

    def run(self, pixels: np.ndarray, constants: Mapping[str, Stored] | None = None) -> Outputs:
        """Raw pixels 0..255, float32 (N, H, W, C) -> each output (N, ...).

        Args:
            constants: in the place of its own.
        """
        ...


@runtime_checkable
class RoundsItself(Protocol):
    """A float graph of a file that holds computed values in few bits."""

    @property
    def ranges(self) -> Mapping[str, Range]: ...

    def run_rounded(self, pixels: np.ndarray) -> Outputs:
        """As `FloatGraph.run`, but each of these values is rounded as the file says."""
        ...

    def observe(self, pixels: np.ndarray) -> Mapping[str, tuple[float, float]]:
        """The smallest and the largest number of each of these values, not rounded."""
        ...


def check_meaning(file: FloatGraph, twin: FloatGraph, pixels: np.ndarray) -> Meaning:
    """Hold a file's graph and numbers against its twin's.

    Args:
        pixels: the cases, float32 (N, H, W, C).
    """
    shared = [name for name in file.constants if name in twin.constants]
    failures = _missing(file, twin)
    for name in shared:
        if sentence := _beyond_storage(name, file.constants[name], twin.constants[name].values):
            failures.append(sentence)
    max_rel = float("inf")
    if not _missing(file, twin):
        max_rel = largest_difference(file.run(pixels), twin.run(pixels, file.constants))
        if not max_rel <= MAX_REL:
            failures.append(
                f"without rounding, the file's graph is {max_rel:.1e} of the outputs' spread away "
                f"from the float32 file with the same numbers, at most {MAX_REL:.0e} expected: "
                "the two compute different things"
            )
    return Meaning(
        constants=sum(file.constants[name].values.size for name in shared),
        max_rel=max_rel,
        limit=MAX_REL,
        failures=_abridged(failures),
    )


def _missing(file: FloatGraph, twin: FloatGraph) -> list[str]:
    lost = [name for name in twin.constants if name not in file.constants]
    new = [name for name in file.constants if name not in twin.constants]
    return [f"the float32 file's constant '{name}' is not in the file" for name in lost] + [
        f"the file's constant '{name}' is not in the float32 file" for name in new
    ]


def _beyond_storage(name: str, stored: Stored, original: np.ndarray) -> str:
    if stored.values.shape != original.shape:
        return (
            f"constant '{name}' has shape {stored.values.shape}, the float32 file's "
            f"{original.shape}"
        )
    error = np.abs(stored.values.astype(np.float64) - original)
    beyond = ~(error <= stored.bound(original.astype(np.float64)))
    if not beyond.any():
        return ""
    worst = np.unravel_index(np.argmax(np.where(beyond, error, -1)), error.shape)
    return (
        f"constant '{name}': {int(beyond.sum())} of {original.size} numbers are further off than "
        f"storing explains, such as {stored.values[worst]:.6g} for {original[worst]:.6g}"
    )


def _abridged(failures: list[str]) -> tuple[str, ...]:
    rest = len(failures) - _NAMED
    return (*failures[:_NAMED], f"and {rest} more") if rest > 0 else tuple(failures)
