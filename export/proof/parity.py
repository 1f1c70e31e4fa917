"""Is the candidate the same network as the reference? Numbers in, records out; numpy only.

A difference is data: nothing here raises because two outputs disagree. A comparison that
compared nothing has failed.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping

import numpy as np

from irrvit.export.precision import Tolerance
from irrvit.export.proof.spread import decisive_scale
from irrvit.export.reports import NOTHING_COMPARED, OutputDiff, ParityReport

# A reference whose logits spread less than this (relative to their size) can hide any error.
_MIN_SPREAD = 1e-4


def compare(
    case: str,
    reference: np.ndarray,
    candidate: np.ndarray,
    tolerance: Tolerance,
    scale: float | None = None,
) -> OutputDiff:
    """Compare one case's logits, (classes,) each, in float64.

    Args:
        scale: what decides in this case, to which errors are relative; the spread across its
            outputs, where nothing is known of others.

    A case is decided when the reference's best class leads by more than twice the error that the
    tolerance allows: below that, two outputs within tolerance may name different classes, and
    naming another one is no failure.
    """
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
    if scale is None:
        scale = float(np.ptp(reference)) if reference.size else 0.0
    return _measure(case, reference, candidate, tolerance, scale)


def check(
    reference: Mapping[str, np.ndarray],
    candidate: Mapping[str, np.ndarray],
    *,
    tolerance: Tolerance,
    artifact_sha256: str,
    runner: str,
) -> ParityReport:
    """Compare every case of a candidate, (classes,) logits by case name.

    A case that one side lacks, a reference that says the same whatever it sees, and no case at all
    are failures of the report.
    """
    both = [name for name in reference if name in candidate]
    scales = _scales(reference)
    diffs = tuple(
        compare(name, reference[name], candidate[name], tolerance, scales.get(name))
        for name in both
    )
    return ParityReport(
        artifact_sha256=artifact_sha256,
        reference="PyTorch fp32, unfolded",
        runner=runner,
        tolerance=tolerance,
        expected_cases=tuple(reference),
        diffs=diffs,
        failures=tuple(_report_failures(reference, candidate, diffs, tolerance)),
        host=f"{platform.system()} {platform.machine()}",
    )


def _scales(reference: Mapping[str, np.ndarray]) -> dict[str, float]:
    """What decides in each case; of none where they cannot be held against each other."""
    outputs = [np.asarray(output, np.float64) for output in reference.values()]
    is_comparable = len({output.shape for output in outputs}) == 1
    if not is_comparable or not all(np.isfinite(output).all() for output in outputs):
        return {}
    return dict(zip(reference, decisive_scale(np.stack(outputs)).tolist(), strict=True))


def _report_failures(
    reference: Mapping[str, np.ndarray],
    candidate: Mapping[str, np.ndarray],
    diffs: tuple[OutputDiff, ...],
    tolerance: Tolerance,
) -> list[str]:
    failures = [f"case '{name}' has no output" for name in reference if name not in candidate]
    failures += [f"case '{name}' was not asked for" for name in candidate if name not in reference]
    if not diffs:
        failures.append(NOTHING_COMPARED)
        return failures
    outputs = [np.asarray(reference[diff.case], np.float64).ravel() for diff in diffs]
    if len(outputs) > 1 and _is_constant(outputs):
        failures.append(
            "PyTorch gives the same output whatever the picture, so any file would agree; give the "
            f"network trained weights, or random ones of a usual size: {NOTHING_COMPARED}"
        )
    decided = [diff for diff in diffs if diff.decided]
    share = sum(d.top1_agrees for d in decided) / len(decided) if decided else 1.0
    if share < tolerance.min_top1_agreement:
        failures.append(
            f"top-1 agrees in {share:.0%} of {len(decided)} decided cases, "
            f"expected {tolerance.min_top1_agreement:.0%}"
        )
    return failures


def _is_constant(outputs: list[np.ndarray]) -> bool:
    if len({output.shape for output in outputs}) > 1:
        return False
    stacked = np.stack(outputs)
    return float(np.ptp(stacked, axis=0).max()) <= _MIN_SPREAD * float(np.abs(stacked).max())


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
        sqnr_db=_sqnr_db(reference, error),
        top1_agrees=top1_agrees,
        top5_overlap=_top_overlap(reference, candidate, k=5),
        decided=_margin(reference) > 2 * tolerance.max_rel * scale,
        nonfinite=0,
    )
    is_flat = scale <= _MIN_SPREAD * largest
    return diff.model_copy(
        update={"failures": tuple(_broken_limits(diff, tolerance, is_flat=is_flat))}
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


def _sqnr_db(reference: np.ndarray, error: np.ndarray) -> float:
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
