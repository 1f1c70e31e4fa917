"""What is asked of a file below float32: its meaning, its rounding, and what it decides.

The three are judged apart. Meaning is exact; rounding is held to what explains it for this network;
and a file that decides otherwise than PyTorch is not called the same, whatever the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from irrvit.export.proof.comparison import Comparison
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


@dataclass(frozen=True)
class FewerBits:
    """A file below float32, and what it is held against.

    Attributes:
        file, twin: their graphs without rounding.
        twin_parity: the float32 file of the same conversion against PyTorch.
        pixels: the cases, float32 (N, H, W, 3); `outputs` are the file's as its runtime has them.
        calibration: the pictures on which ranges were found, uint8 (N, H, W, 3), if any were.
    """

    file: FloatGraph
    twin: FloatGraph
    twin_parity: ParityReport
    pixels: np.ndarray
    outputs: np.ndarray
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

    def rounding(self, *, explained: float, most: float) -> Rounding:
        """Whether rounding does no more than it must.

        Args:
            explained: what storing computed values costs this network in PyTorch, 0 for nothing;
                a file that holds some of them in few bits adds what that costs.
            most: what the precision may cost any network.
        """
        if isinstance(self.file, RoundsItself) and self.file.ranges:
            explained += difference(self.file.run_rounded(self.pixels), self.unrounded)
        return check_rounding(self.outputs, self.unrounded, explained, most)

    @cached_property
    def unrounded(self) -> np.ndarray:
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


def compare_decisions(comparison: Comparison, outputs: np.ndarray) -> Decisions:
    """What a file's outputs (N, classes) say the photographs are, against what PyTorch says."""
    reference, changed, close = comparison.reference, [], []
    scales = decisive_scale(reference)
    chosen = [i for i, case in enumerate(comparison.cases) if case.is_photograph]
    for i in chosen:
        ranked = np.sort(reference[i].ravel())[::-1]
        if ranked.size < 2 or reference[i].argmax() == outputs[i].argmax():
            continue
        is_decided = float(ranked[0] - ranked[1]) > _DECIDED * scales[i]
        (changed if is_decided else close).append(comparison.names[i])
    return Decisions(photographs=len(chosen), changed=tuple(changed), close=tuple(close))
