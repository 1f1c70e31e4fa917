"""Does a file on a device say what its manifest says it does? A fast wrong answer is wrong."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from irrvit.benchmark.measurement import GoldenAgreement


@dataclass(frozen=True)
class GoldenPicture:
    """A picture and what the reference says about it.

    Attributes:
        pixels: (1, H, W, 3), 0..255.
        top5: class indices, best first; `logits` are theirs.
        tolerance: how far a logit may be off, as a share of the largest of them.
    """

    name: str
    pixels: np.ndarray
    top5: tuple[int, ...]
    logits: tuple[float, ...]
    tolerance: float


def check(
    cases: Sequence[GoldenPicture], answer: Callable[[np.ndarray], np.ndarray]
) -> GoldenAgreement:
    """Show every picture; `answer` maps pixels to logits (classes,)."""
    failures = [problem for case in cases if (problem := _problem(case, answer(case.pixels)))]
    return GoldenAgreement(cases=len(cases), failures=tuple(failures))


def _problem(case: GoldenPicture, logits: np.ndarray) -> str | None:
    if len(logits) <= max(case.top5):
        return f"{case.name}: {len(logits)} outputs, and class {max(case.top5)} is expected"
    if not np.isfinite(logits).all():
        return f"{case.name}: {np.count_nonzero(~np.isfinite(logits))} outputs are not finite"
    expected = np.asarray(case.logits)
    allowed = case.tolerance * np.abs(expected).max()
    # Within twice the tolerance two right answers may name different classes.
    possible = [
        c for c, v in zip(case.top5, expected, strict=True) if v >= expected[0] - 2 * allowed
    ]
    best = int(logits.argmax())
    if best not in possible:
        return f"{case.name}: names class {best}, the reference class {case.top5[0]}"
    error = float(np.abs(logits[list(case.top5)] - expected).max())
    if error > allowed:
        return f"{case.name}: a logit is off by {error:.2g}, {allowed:.2g} is allowed"
    return None
