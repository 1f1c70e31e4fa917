"""Does a file on a device say what its manifest says it does? A fast wrong answer is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from irrvit.benchmark.measurement import GoldenAgreement

_TIES = 0.05  # Of integers that stand for the best of several numbers, which may be as good.


@dataclass(frozen=True)
class Expected:
    """Some numbers of one output.

    Attributes:
        indices: where they stand in the output, as if it had one axis; `values` are theirs.
        scale: of which the tolerance is a share.
        start, size: where the output lies in what a device answers; size None for the rest.
        is_ranked: they are the largest of all, best first.
        is_whole: they are integers, right or wrong.
    """

    name: str
    indices: tuple[int, ...]
    values: tuple[float, ...]
    scale: float
    start: int = 0
    size: int | None = None
    is_ranked: bool = False
    is_whole: bool = False


@dataclass(frozen=True)
class GoldenPicture:
    """A picture and what the reference says about it.

    Attributes:
        pixels: (1, H, W, C), 0..255.
        top5: class indices, best first; `logits` are theirs.
        tolerance: how far a logit may be off, as a share of `scale`.
        samples: of a network that is no classifier, numbers of each output.
        scale: what decides in the logits; where nothing is known of it, the largest of them.
    """

    name: str
    pixels: np.ndarray
    top5: tuple[int, ...]
    logits: tuple[float, ...]
    tolerance: float
    samples: tuple[Expected, ...] = ()
    scale: float | None = None

    @property
    def answers(self) -> tuple[Expected, ...]:
        """What is known of the outputs, of whatever network."""
        if self.samples:
            return self.samples
        scale = self.scale or float(np.abs(self.logits).max(initial=0.0))
        return (Expected("logits", self.top5, self.logits, scale, is_ranked=True),)


def check(
    cases: Sequence[GoldenPicture], answer: Callable[[np.ndarray], np.ndarray]
) -> GoldenAgreement:
    """Show every picture; `answer` maps pixels to all outputs, flat, in order of their names."""
    failures = [problem for case in cases if (problem := _problem(case, answer(case.pixels)))]
    return GoldenAgreement(cases=len(cases), failures=tuple(failures))


def _problem(case: GoldenPicture, answer: np.ndarray) -> str | None:
    problem = _missing(case.answers, answer)
    if problem is None and not np.isfinite(answer).all():
        problem = f"{np.count_nonzero(~np.isfinite(answer))} outputs are not finite"
    problems = (_difference(expected, answer, case.tolerance) for expected in case.answers)
    problem = problem or next((found for found in problems if found), None)
    return problem and f"{case.name}: {problem}"


def _missing(answers: Sequence[Expected], answer: np.ndarray) -> str | None:
    for expected in answers:
        last = expected.start + (expected.size or max(expected.indices) + 1)
        if len(answer) < last:
            what = f"class {last - 1} is" if expected.is_ranked else f"{last} are"
            return f"{len(answer)} outputs, and {what} expected"
    return None


def _difference(expected: Expected, answer: np.ndarray, tolerance: float) -> str | None:
    end = None if expected.size is None else expected.start + expected.size
    values, wanted = answer[expected.start : end], np.asarray(expected.values)
    error = np.abs(values[list(expected.indices)] - wanted)
    allowed = tolerance * expected.scale
    if expected.is_whole:
        wrong, most = float((error > 0).mean()), max(tolerance, _TIES)
        few = wrong <= most
        return None if few else f"{wrong:.0%} of '{expected.name}' are others, {most:.0%} may be"
    if expected.is_ranked and int(values.argmax()) not in _possible(expected, wanted, allowed):
        return f"names class {int(values.argmax())}, the reference class {expected.indices[0]}"
    if error.max() > allowed:
        what = "a logit" if expected.is_ranked else f"a number of '{expected.name}'"
        return f"{what} is off by {error.max():.2g}, {allowed:.2g} is allowed"
    return None


def _possible(expected: Expected, wanted: np.ndarray, allowed: float) -> list[int]:
    """Within twice the tolerance two right answers may name different classes."""
    pairs = zip(expected.indices, wanted, strict=True)
    return [index for index, value in pairs if value >= wanted[0] - 2 * allowed]
