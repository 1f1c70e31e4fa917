"""Is a written file the network? All comparisons of its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from irrvit.export import target
from irrvit.export.content import content_hash
from irrvit.export.job import ExportJob
from irrvit.export.judging.prepared import Prepared, Written
from irrvit.export.judging.twin import Twin, comparison_of, of_each, reports_of_float32
from irrvit.export.pixels import Outputs
from irrvit.export.precision import Precision
from irrvit.export.proof.comparison import Comparison
from irrvit.export.proof.fewer_bits import FewerBits, compare_decisions
from irrvit.export.proof.numbers import foreign_numbers
from irrvit.export.proof.rounding import all_rounding
from irrvit.export.proof.spread import difference
from irrvit.export.reports import Decisions, Meaning, ParityReport, Rounding
from irrvit.export.target import Runner, RunsUnrounded, Target
from irrvit.export.tensorflow import runner as tensorflow

# What the weights' loss may grow by on a device, whose arithmetic is not this machine's.
_MARGIN, _LEAST = 1.25, 1e-4
_NOTICED = 0.02  # Of the outputs' spread: what is worth a sentence.


@dataclass(frozen=True)
class Judged:
    """What came of comparing a file's outputs; under the names that the manifest has for it."""

    parity: tuple[ParityReport, ...]
    meaning: Meaning | None = None
    rounding: Rounding | None = None
    decisions: Decisions | None = None
    findings: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def judge(
    job: ExportJob, chosen: Target, prepared: Prepared, written: Written, twin: Twin | None
) -> Judged:
    """Run a written file in every runner that was asked for, and hold it against the network.

    Args:
        twin: the float32 file of the same conversion; None for a float32 file.
    """
    comparison = comparison_of(job, prepared)
    runs = {runner.name: runner.run(comparison.pixels) for runner in _runners(job, written.path)}
    if twin is not None:
        return _judge_fewer_bits(job, comparison, runs, written, twin)
    limits = of_each(comparison, chosen.FACTS.tolerances[job.precision])
    reports, findings = reports_of_float32(prepared.source, comparison, runs, limits, written.path)
    foreign = tuple(_foreign(chosen, prepared, written.path))
    return Judged(reports, findings=findings, failures=foreign)


def _judge_fewer_bits(
    job: ExportJob,
    comparison: Comparison,
    runs: Mapping[str, Outputs],
    written: Written,
    twin: Twin,
) -> Judged:
    facts = target.facts(job.target)
    tolerance = facts.tolerances[job.precision]
    fewer = FewerBits(
        file=twin.graph_of(written.path),
        twin=twin.graph_of(twin.path),
        twin_parity=twin.parity,
        pixels=comparison.pixels,
        outputs=next(iter(runs.values())),
        calibration=written.quantization and written.quantization.pictures,
    )
    in_half = job.precision in facts.fp16_arithmetic
    most = facts.tolerances[Precision.FP16] if in_half else tolerance
    rounding = fewer.rounding(explained=twin.explained, most=most.max_rel)
    losses = {
        name: difference(fewer.unrounded[name], values)
        for name, values in comparison.reference.items()
    }
    allowed = {
        name: tolerance.model_copy(
            update={"max_rel": _MARGIN * loss + rounding[name].limit + _LEAST}
        )
        for name, loss in losses.items()
    }
    decisions = compare_decisions(comparison, fewer.outputs)
    return Judged(
        comparison.reports(runs, allowed, content_hash(written.path)),
        fewer.meaning(),
        all_rounding(rounding),
        decisions,
        findings=tuple(_loss(job, max(losses.values()), decisions)),
        failures=tuple(_degraded(job, decisions)),
    )


def _runners(job: ExportJob, path: Path) -> list[Runner]:
    """The format's own runtime first, then others that read the same file."""
    second = [tensorflow.load(path)] if job.tensorflow else []
    return [target.load(job.target, path), *second]


def _foreign(chosen: Target, prepared: Prepared, path: Path) -> list[str]:
    if not isinstance(chosen, RunsUnrounded):
        return []
    constants = chosen.float_graph(path, path).constants
    return foreign_numbers(
        {name: stored.values for name, stored in constants.items()},
        {name: tensor.numpy() for name, tensor in prepared.folded.state_dict().items()},
    )


def _loss(job: ExportJob, loss: float, decisions: Decisions | None) -> list[str]:
    """What storing the numbers in fewer bits costs: no fault, and to be known."""
    sentences = []
    if loss > _NOTICED:
        moved = f"{loss:.0%} of their spread"
        sentences.append(f"numbers stored as {job.precision} move the outputs by {moved}")
    if decisions is None:
        return sentences
    if decisions.close:
        sentences.append(
            f"decides otherwise on {', '.join(decisions.close)}, where PyTorch hardly prefers one"
        )
    if decisions.changed and job.allow_degraded:
        sentences.append(_changed(decisions))
    return sentences


def _degraded(job: ExportJob, decisions: Decisions | None) -> list[str]:
    if decisions is None or not decisions.changed or job.allow_degraded:
        return []
    return [
        f"{_changed(decisions)}: --allow-degraded publishes it all the same, and --evaluate says "
        "how often it is right"
    ]


def _changed(decisions: Decisions) -> str:
    return (
        f"decides otherwise than PyTorch on {len(decisions.changed)} of {decisions.photographs} "
        f"photographs ({', '.join(decisions.changed)})"
    )
