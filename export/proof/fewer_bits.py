"""What is asked of a file below float32: its meaning, its rounding, and what it decides.

The three are judged apart. Meaning is exact; rounding is held to what explains it for this network;
and a file that decides otherwise than PyTorch is not called the same, whatever the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from irrvit.export.pixels import Outputs
from irrvit.export.proof.comparison import Comparison
from irrvit.export.proof.deciding import decides, shares_alike
from irrvit.export.proof.meaning import FloatGraph, RoundsItself, check_meaning
from irrvit.export.proof.rounding import check_rounding
from irrvit.export.proof.spread import decisive_scale, difference
from irrvit.export.proof.storage import Range
from irrvit.export.reports import Decisions, Meaning, ParityReport, Rounding

# Of what decides in a picture: what leads by less, a re-encoded JPEG may turn round.
_DECIDED = 0.01
# Ranges are found with float weights; those of 8 bits move them a little. And by more pictures.
_OUTSIDE, _TOO_WIDE = 0.2, 8.0
_FIXED = (1 / 256, 1 / 128)  # Steps of what is between 0 and 1, or -1 and 1, whatever is seen.
_NAMED = 3
_FEW = 0.01  # Of the places where an output decides.


@dataclass(frozen=True)
class FewerBits:
    """A file below float32, and what it is held against.

    Attributes:
        file, twin: their graphs without rounding.
        twin_parity: the float32 file of the same conversion against PyTorch.
        pixels: the cases, float32 (N, H, W, C); `outputs` are the file's as its runtime has them.
        calibration: the pictures on which ranges were found, uint8 (N, H, W, C), if any were.
    """

    file: FloatGraph
    twin: FloatGraph
    twin_parity: ParityReport
    pixels: np.ndarray
    outputs: Outputs
    calibration: np.ndarray | None = None

    def meaning(self) -> Meaning:
        """Whether it holds the network: the twin does, and it is the twin with fewer bits."""
        meaning = check_meaning(self.file, self.twin, self.pixels)
        off = (*self.twin_parity.case_failures, *self.twin_parity.failures)
        failures = [
            f"the float32 file of the same conversion is not the network: {failure}"
            for failure in off[:1]
        ]
        if isinstance(self.file, RoundsItself) and self.calibration is not None:
            failures += unexplained_ranges(
                self.file.ranges, self.file.observe(self.calibration.astype(np.float32))
            )
        return meaning.model_copy(update={"failures": (*failures, *meaning.failures)})

    def rounding(self, *, explained: Mapping[str, float], most: float) -> dict[str, Rounding]:
        """Whether rounding does no more than it must, to each output.

        Args:
            explained: what storing computed values costs each output of this network in PyTorch,
                0 for nothing; a file that holds some of them in few bits adds what that costs.
            most: what the precision may cost any network.
        """
        costs = dict(explained)
        if isinstance(self.file, RoundsItself) and self.file.ranges:
            rounded = self.file.run_rounded(self.pixels)
            for name, values in self.unrounded.items():
                costs[name] += difference(rounded[name], values)
        return {
            name: check_rounding(self.outputs[name], values, costs[name], most)
            for name, values in self.unrounded.items()
        }

    @cached_property
    def unrounded(self) -> Outputs:
        """The file's outputs in float32 arithmetic."""
        return self.file.run(self.pixels)


def unexplained_ranges(
    held: Mapping[str, Range], observed: Mapping[str, tuple[float, float]]
) -> list[str]:
    """Ranges that the values on real pictures leave, or hardly use."""
    sentences = []
    for name, (low, high) in observed.items():
        width, seen = held[name].high - held[name].low, high - low
        outside = max(held[name].low - low, high - held[name].high)
        is_fixed = any(abs(held[name].step / step - 1) < 1e-6 for step in _FIXED)
        is_too_wide = 0 < seen * _TOO_WIDE < width and not is_fixed
        if outside > _OUTSIDE * width or is_too_wide:
            sentences.append(
                f"the file holds the value '{name}' from {held[name].low:.4g} to "
                f"{held[name].high:.4g}, and on the calibration pictures it goes from {low:.4g} to "
                f"{high:.4g}"
            )
    return sentences[:_NAMED]


def compare_decisions(comparison: Comparison, outputs: Outputs) -> Decisions | None:
    """What a file's outputs (N, ...) decide about the photographs, against what PyTorch does.

    An output that decides in many places is another one where more than a few of them are.

    Returns:
        None for a network that decides nothing.
    """
    if not any(decides(output.meaning) for output in comparison.outputs):
        return None
    photographs = [i for i, case in enumerate(comparison.cases) if case.is_photograph]
    changed: set[int] = set()
    close: set[int] = set()
    for output in comparison.outputs:
        reference, candidate = comparison.reference[output.name], outputs[output.name]
        allowed = _DECIDED * decisive_scale(reference) / 2
        decided, all_places = (
            shares_alike(output.meaning, reference, candidate, limit)
            for limit in (allowed, np.full(len(reference), -np.inf))
        )
        changed |= {i for i in photographs if _differs(decided[i])}
        close |= {i for i in photographs if _differs(all_places[i])}
    return Decisions(
        photographs=len(photographs),
        changed=tuple(comparison.names[i] for i in sorted(changed)),
        close=tuple(comparison.names[i] for i in sorted(close - changed)),
    )


def _differs(alike: float | None) -> bool:
    return alike is not None and alike < 1 - _FEW
