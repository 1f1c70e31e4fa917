"""Is the candidate the same network as the reference? Numbers in, records out; numpy only.

A difference is data: nothing here raises because two outputs disagree. A comparison that
compared nothing has failed.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence

import numpy as np

from irrvit.export.precision import Tolerance
from irrvit.export.proof.compare import compare
from irrvit.export.proof.deciding import shares_alike
from irrvit.export.proof.spread import is_constant, scales_by_case
from irrvit.export.reports import NOTHING_COMPARED, OutputDiff, ParityReport
from irrvit.model.outputs import Output, OutputMeaning, classifier_outputs

(_LOGITS,) = classifier_outputs(0)
_SAYS_THE_SAME = (
    "PyTorch gives the same output whatever the picture, so any file would agree; give the network "
    f"trained weights, or random ones of a usual size: {NOTHING_COMPARED}"
)
_DECIDED = {
    OutputMeaning.LOGITS: "top-1 agrees in {} of {} decided cases",
    OutputMeaning.EMBEDDING: "the nearest other case agrees in {} of {} decided cases",
    OutputMeaning.CLASS_MAP: "the class agrees in {} of the decided places of {} cases",
}


def check(
    reference: Mapping[str, np.ndarray],
    candidate: Mapping[str, np.ndarray],
    *,
    tolerance: Tolerance,
    artifact_sha256: str,
    runner: str,
    output: Output = _LOGITS,
) -> ParityReport:
    """Compare an output in every case of a candidate, (...) by case name.

    A case that one side lacks, a reference that says the same whatever it sees, and no case at all
    are failures of the report.
    """
    both = [name for name in reference if name in candidate]
    scales = scales_by_case(reference)
    alike = _alike(output, reference, candidate, {n: scales.get(n, 0.0) for n in both}, tolerance)
    diffs = tuple(
        _of_output(
            compare(name, reference[name], candidate[name], tolerance, scales.get(name)),
            output,
            alike.get(name),
        )
        for name in both
    )
    return ParityReport(
        artifact_sha256=artifact_sha256,
        reference="PyTorch fp32, unfolded",
        runner=runner,
        tolerance=tolerance,
        expected_cases=tuple(reference),
        diffs=diffs,
        failures=tuple(_report_failures(reference, candidate, diffs, tolerance, output)),
        host=f"{platform.system()} {platform.machine()}",
    )


def together(reports: Sequence[ParityReport]) -> ParityReport:
    """One report of a candidate from those of its outputs.

    An output that says the same whatever the picture is as good as any, beside one that does not.
    """
    failures = [f for report in reports for f in report.failures]
    if not all(_SAYS_THE_SAME in report.failures for report in reports):
        failures = [failure for failure in failures if failure != _SAYS_THE_SAME]
    widest = max((report.tolerance for report in reports), key=lambda t: t.max_rel)
    return reports[0].model_copy(
        update={
            "diffs": tuple(diff for report in reports for diff in report.diffs),
            "failures": tuple(dict.fromkeys(failures)),
            "tolerance": widest,
        }
    )


def _alike(
    output: Output,
    reference: Mapping[str, np.ndarray],
    candidate: Mapping[str, np.ndarray],
    scales: Mapping[str, float],
    tolerance: Tolerance,
) -> dict[str, float | None]:
    """By case; of none where they cannot be held against each other."""
    wanted, found = ([np.asarray(side[n]) for n in scales] for side in (reference, candidate))
    if not scales or len({values.shape for values in (*wanted, *found)}) != 1:
        return {}
    if not all(np.isfinite(values).all() for values in (*wanted, *found)):
        return {}
    allowed = tolerance.max_rel * np.array(list(scales.values()))
    shares = shares_alike(output.meaning, np.stack(wanted), np.stack(found), allowed)
    return dict(zip(scales, shares, strict=True))


def _of_output(diff: OutputDiff, output: Output, alike: float | None) -> OutputDiff:
    """What was compared, with what is said of this kind of output and no other."""
    changes: dict[str, object] = {"output": output.name, "alike": alike}
    if output.meaning is not OutputMeaning.LOGITS:
        is_comparable = np.isfinite(diff.max_abs)
        decided = alike is not None if is_comparable else True
        changes |= {"top1_agrees": None, "top5_overlap": None, "decided": decided}
    return diff.model_copy(update=changes)


def _report_failures(
    reference: Mapping[str, np.ndarray],
    candidate: Mapping[str, np.ndarray],
    diffs: tuple[OutputDiff, ...],
    tolerance: Tolerance,
    output: Output,
) -> list[str]:
    failures = [f"case '{name}' has no output" for name in reference if name not in candidate]
    failures += [f"case '{name}' was not asked for" for name in candidate if name not in reference]
    if not diffs:
        failures.append(NOTHING_COMPARED)
        return failures
    outputs = [np.asarray(reference[diff.case], np.float64).ravel() for diff in diffs]
    if len({output.shape for output in outputs}) == 1 and is_constant(np.stack(outputs)):
        failures.append(_SAYS_THE_SAME)
    decided = [_share(diff) for diff in diffs if diff.decided]
    share = sum(decided) / len(decided) if decided else 1.0
    if output.meaning in _DECIDED and share < tolerance.min_top1_agreement:
        said = _DECIDED[output.meaning].format(f"{share:.0%}", len(decided))
        failures.append(f"{said}, expected {tolerance.min_top1_agreement:.0%}")
    return failures


def _share(diff: OutputDiff) -> float:
    """Of what is decided in a case, what is decided alike; nothing where it cannot be compared."""
    if diff.alike is not None:
        return diff.alike
    return float(bool(diff.top1_agrees))
