"""One output in one case, reference against candidate; numbers in, a record out, numpy only."""

from __future__ import annotations

import numpy as np

from irrvit.export.precision import Tolerance
from irrvit.export.proof.spread import MIN_SPREAD
from irrvit.export.reports import NOTHING_COMPARED, OutputDiff

# Of integers that stand for the best of several numbers: rounding may turn round that many of them
# where two are as good.
_TIES = 1e-3


def compare(
    case: str,
    reference: np.ndarray,
    candidate: np.ndarray,
    tolerance: Tolerance,
    scale: float | None = None,
) -> OutputDiff:
    """Compare one case's output, (...) each, in float64; what is said of classes is for logits.

    Args:
        scale: what decides in this case, to which errors are relative; the spread across its
            numbers, where nothing is known of other cases.

    A case is decided when the reference's best class leads by more than twice the error that the
    tolerance allows: below that, two outputs within tolerance may name different classes, and
    naming another one is no failure.
    """
    is_whole = np.asarray(reference).dtype.kind != "f"
    reference = np.asarray(reference, np.float64)
    candidate = np.asarray(candidate, np.float64)
    if reference.shape != candidate.shape:
        return _incomparable(
            case,
            reference,
            f"shape is {candidate.shape} where the reference has {reference.shape}",
        )
    if not np.isfinite(reference).all():
        return _incomparable(case, reference, "the reference itself is not finite")
    nonfinite = int(np.count_nonzero(~np.isfinite(candidate)))
    if nonfinite:
        return _incomparable(
            case, reference, f"{nonfinite} of {candidate.size} values are not finite", nonfinite
        )
    if is_whole:
        return _compare_indices(case, reference, candidate, tolerance)
    if scale is None:
        scale = float(np.ptp(reference)) if reference.size else 0.0
    return _measure(case, reference, candidate, tolerance, scale)


def _measure(
    case: str,
    reference: np.ndarray,
    candidate: np.ndarray,
    tolerance: Tolerance,
    scale: float,
) -> OutputDiff:
    error = candidate - reference
    largest = float(np.abs(reference).max(initial=0.0))
    max_abs = float(np.abs(error).max(initial=0.0))
    top1_agrees = bool(reference.size and reference.argmax() == candidate.argmax())
    diff = OutputDiff(
        case=case,
        reference_range=float(np.ptp(reference)) if reference.size else 0.0,
        max_abs=max_abs,
        max_rel=max_abs / largest if largest else float(max_abs > 0),
        spread_rel=_relative(max_abs, scale),
        mean_abs=float(np.abs(error).mean()) if error.size else 0.0,
        cosine=_cosine(reference, candidate),
        sqnr_db=sqnr_db(reference, error),
        top1_agrees=top1_agrees,
        top5_overlap=_top_overlap(reference, candidate, k=5),
        decided=_margin(reference) > 2 * tolerance.max_rel * scale,
        nonfinite=0,
    )
    is_flat = scale <= MIN_SPREAD * largest
    return diff.model_copy(
        update={"failures": tuple(_broken_limits(diff, tolerance, is_flat=is_flat))}
    )


def _compare_indices(
    case: str, reference: np.ndarray, candidate: np.ndarray, tolerance: Tolerance
) -> OutputDiff:
    """Integers are right or wrong: the error is the share of those that are wrong."""
    error = candidate - reference
    wrong = float((error != 0).mean()) if error.size else 1.0
    allowed = max(tolerance.max_rel, _TIES)
    failures = []
    if wrong > allowed:
        failures.append(f"{wrong:.2%} of the integers are others, at most {allowed:.2%} expected")
    return OutputDiff(
        case=case,
        reference_range=float(np.ptp(reference)),
        max_abs=float(np.abs(error).max(initial=0.0)),
        max_rel=wrong,
        spread_rel=wrong,
        mean_abs=float(np.abs(error).mean()),
        cosine=_cosine(reference, candidate),
        sqnr_db=sqnr_db(reference, error),
        top1_agrees=None,
        top5_overlap=None,
        decided=True,
        nonfinite=0,
        failures=tuple(failures),
    )


def _relative(error: float, scale: float) -> float:
    if not error:
        return 0.0
    return error / scale if scale else float("inf")


def _broken_limits(diff: OutputDiff, tolerance: Tolerance, *, is_flat: bool) -> list[str]:
    failures = []
    if is_flat:
        failures.append(f"the reference has no spread: {NOTHING_COMPARED}")
    if diff.spread_rel is not None and not diff.spread_rel <= tolerance.max_rel:
        failures.append(
            f"error {diff.spread_rel:.2e} of the outputs' spread is above {tolerance.max_rel:.0e}"
        )
    if diff.cosine < tolerance.min_cosine:
        failures.append(f"cosine {diff.cosine:.6f} is below {tolerance.min_cosine}")
    if diff.sqnr_db < tolerance.min_sqnr_db:
        failures.append(f"SQNR {diff.sqnr_db:.1f} dB is below {tolerance.min_sqnr_db:g} dB")
    return failures


def _incomparable(case: str, reference: np.ndarray, failure: str, nonfinite: int = 0) -> OutputDiff:
    finite = reference[np.isfinite(reference)]
    return OutputDiff(
        case=case,
        reference_range=float(np.ptp(finite)) if finite.size else 0.0,
        max_abs=float("inf"),
        max_rel=float("inf"),
        spread_rel=float("inf"),
        mean_abs=float("inf"),
        cosine=0.0,
        sqnr_db=float("-inf"),
        top1_agrees=False,
        top5_overlap=0.0,
        decided=True,
        nonfinite=nonfinite,
        failures=(failure,),
    )


def _cosine(reference: np.ndarray, candidate: np.ndarray) -> float:
    norms = float(np.linalg.norm(reference) * np.linalg.norm(candidate))
    return (
        float(np.clip(np.dot(reference.ravel(), candidate.ravel()) / norms, -1, 1))
        if norms
        else 0.0
    )


def sqnr_db(reference: np.ndarray, error: np.ndarray) -> float:
    """Signal to noise in dB; an exact copy has as much as float64 can tell (313 dB)."""
    signal = float(np.square(reference).sum())
    noise = float(np.square(error).sum())
    if not signal:
        return 0.0 if noise else 313.0
    return float(10 * np.log10(signal / max(noise, signal * 5e-32)))


def _margin(logits: np.ndarray) -> float:
    if logits.size < 2:
        return 0.0
    second, first = np.partition(logits.ravel(), -2)[-2:]
    return float(first - second)


def _top_overlap(reference: np.ndarray, candidate: np.ndarray, *, k: int) -> float:
    k = min(k, reference.size)
    if not k:
        return 0.0
    best = set(np.argsort(-reference.ravel(), kind="stable")[:k].tolist())
    return len(best & set(np.argsort(-candidate.ravel(), kind="stable")[:k].tolist())) / k
