"""The order of things: load, fold, check the fold, write, load back, run, compare, describe.

The same for every format; what differs is behind `irrvit.export.target.Target`. It runs in a
process of its own (see `irrvit.export.command.workers`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from irrvit.export import target
from irrvit.export.artifact import MANIFEST
from irrvit.export.content import content_size
from irrvit.export.job import ExportJob
from irrvit.export.judging.checks import count_macs, failures
from irrvit.export.judging.judge import judge
from irrvit.export.judging.prepared import Prepared, Written
from irrvit.export.judging.twin import write_twin
from irrvit.export.manifest import Delegation, FoldSummary, Manifest, ModuleLoss, Operations
from irrvit.export.pixels import image_tensor
from irrvit.export.proof.cases import batch, parity_cases, photographs
from irrvit.export.proof.explain import explain
from irrvit.export.proof.golden import golden_cases
from irrvit.export.proof.reference import run_reference, unstable_arrays
from irrvit.export.reports import Decisions, Meaning, ParityReport, Rounding
from irrvit.export.target import (
    InspectsFiles,
    KnowsDelegation,
    MeasuresLosses,
    QuantizationOptions,
    Target,
    TracesValues,
)
from irrvit.export.toolchain import toolchain
from irrvit.model import macs as network_macs
from irrvit.model.folding.check import fold_checked
from irrvit.model.folding.fold import unfolded_input
from irrvit.model.outputs import task_of
from irrvit.model.progress import NotifyStage
from irrvit.model.sources.source import Source


@dataclass(frozen=True)
class Examined:
    """What was learnt of a written file, under the names that the manifest has for it."""

    parity: tuple[ParityReport, ...]
    explanation: str | None
    losses: tuple[ModuleLoss, ...]
    meaning: Meaning | None
    rounding: Rounding | None
    decisions: Decisions | None
    operations: Operations
    delegation: Delegation | None
    macs: int
    findings: tuple[str, ...]
    failures: tuple[str, ...]


def export(job: ExportJob, folder: Path, *, cache_key: str, notify: NotifyStage) -> Manifest:
    """Write one file and its manifest into an empty folder; a failed check is in the manifest."""
    target.get(job.target)
    notify("loading and folding the network")
    return export_prepared(job, prepare(job), folder, cache_key=cache_key, notify=notify)


def export_prepared(
    job: ExportJob, prepared: Prepared, folder: Path, *, cache_key: str, notify: NotifyStage
) -> Manifest:
    """As `export`, of a network that was loaded and run for another job of the same network."""
    chosen = target.get(job.target)
    written = write(job, chosen, prepared, folder, notify)
    examined = examine(job, chosen, prepared, written, notify)
    manifest = Manifest(
        model=prepared.source.name,
        weights=prepared.source.weights,
        target=job.target,
        precision=job.precision,
        file=written.path.name,
        sha256=examined.parity[0].artifact_sha256,
        size_bytes=content_size(written.path),
        parameters=sum(p.numel() for p in prepared.source.network.parameters()),
        input=prepared.source.input,
        task=task_of(prepared.source.outputs),
        outputs=prepared.source.outputs,
        labels=prepared.source.labels,
        fold=FoldSummary(folded=prepared.fold.folded, max_rel=prepared.fold.max_rel),
        compatibility=written.compatibility,
        toolchain=toolchain(job.target),
        golden=golden_cases(prepared.reference, prepared.source.outputs),
        calibration=written.calibration,
        cache_key=cache_key,
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
        **vars(examined),
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2))
    return manifest


def prepare(job: ExportJob) -> Prepared:
    """Load a network, run its reference, fold a copy and hold that against it in float64."""
    source = job.load()
    cases = parity_cases(source.input)
    reference = run_reference(source, cases)
    unstable = unstable_arrays(source, cases, reference)
    pictures = image_tensor(batch(photographs(cases)[:2]))
    folded, checked = fold_checked(source.network, source.input, pictures)
    return Prepared(
        source=source,
        cases=tuple(case for case in cases if case.name not in unstable),
        reference={name: y for name, y in reference.items() if name not in unstable},
        folded=folded,
        fold=checked,
        macs=network_macs.count_macs(folded, pictures[:1]),
        findings=(*source.warnings, *checked.findings, *unstable.values()),
    )


def write(
    job: ExportJob, chosen: Target, prepared: Prepared, folder: Path, notify: NotifyStage
) -> Written:
    """Let the target write its file, with the pictures that its ranges are found on if need be."""
    source, quantization, calibration = prepared.source, None, None
    if job.is_calibrated:
        pixels, calibration = job.calibration.draw(source)
        quantization = QuantizationOptions(pixels, job.keep_float)
    notify("converting")
    path = folder / f"{job.file_stem}{chosen.FACTS.suffix}"
    compatibility = chosen.write(prepared.folded, source.input, job.precision, path, quantization)
    return Written(path, compatibility, quantization, calibration)


def examine(
    job: ExportJob, chosen: Target, prepared: Prepared, written: Written, notify: NotifyStage
) -> Examined:
    """Hold a written file against the network, and find out all else that is asked about it."""
    path, losses, explanation = written.path, (), None
    if job.sensitivity and written.quantization and isinstance(chosen, MeasuresLosses):
        notify("quantizing one module after another")
        losses = chosen.losses(prepared.folded, prepared.source.input, written.quantization)
    notify("comparing with PyTorch")
    with TemporaryDirectory(dir=path.parent) as scratch:
        twin = write_twin(job, chosen, prepared, Path(scratch))
        judged = judge(job, chosen, prepared, written, twin)
    if job.explain and not all(report.passed for report in judged.parity):
        notify("looking for the layer that departs")
        explanation = explain_failure(job, path, prepared)
    before = None
    if job.count_unfolded:
        notify("converting without folding, to count operations")
        before = count_unfolded_operations(job, chosen, prepared.source, written)
    delegation = chosen.delegation(path) if isinstance(chosen, KnowsDelegation) else None
    pictures = batch(photographs(prepared.cases))
    macs, about_macs = count_macs(chosen, path, prepared.macs)
    inspected = chosen.inspect(path, pictures[:1]) if isinstance(chosen, InspectsFiles) else []
    findings = (*prepared.findings, *judged.findings, *inspected, *about_macs)
    return Examined(
        parity=judged.parity,
        meaning=judged.meaning,
        rounding=judged.rounding,
        decisions=judged.decisions,
        explanation=explanation,
        losses=losses,
        operations=Operations(before=before, after=chosen.count_operations(path)),
        delegation=delegation,
        macs=macs,
        findings=findings,
        failures=(*judged.failures, *failures(job, prepared.folded, pictures, delegation)),
    )


def explain_failure(job: ExportJob, path: Path, prepared: Prepared) -> str:
    """Name the layer that departs, on the first photograph."""
    chosen = target.find(job.target)
    if not isinstance(chosen, TracesValues):
        return f"the values inside a file of {job.target} cannot be read: no layer can be named"
    pixels = batch(prepared.cases[:1])
    max_rel = chosen.FACTS.tolerances[job.precision].max_rel
    return explain(prepared.folded, pixels, chosen.trace(path, pixels), max_rel)


def count_unfolded_operations(
    job: ExportJob, chosen: Target, source: Source, written: Written
) -> int:
    """What the file would hold without our folding: converters fold some things by themselves."""
    with TemporaryDirectory(dir=written.path.parent) as scratch:
        path = Path(scratch) / f"unfolded{chosen.FACTS.suffix}"
        network = unfolded_input(source.network, source.input)
        chosen.write(network, source.input, job.precision, path, written.quantization)
        return chosen.count_operations(path)
