"""The order of things: load, fold, check the fold, write, load back, run, compare, describe.

The same for every format; what differs is behind `irrvit.export.target.Target`. It runs in a
process of its own (see `irrvit.export.command.workers`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch

from irrvit.export import target
from irrvit.export.artifact import MANIFEST, content_hash, content_size
from irrvit.export.job import ExportJob, toolchain
from irrvit.export.manifest import Calibration, FoldSummary, Manifest, Operations, ParityReport
from irrvit.export.proof import cases, parity
from irrvit.export.proof.checks import extra_work, failures
from irrvit.export.proof.explain import explain
from irrvit.export.proof.golden import golden_cases
from irrvit.export.target import QuantizationOptions, Runner, Target
from irrvit.export.tensorflow import runner as tensorflow_runner
from irrvit.model import sources
from irrvit.model.folding.check import FoldCheck, fold_checked
from irrvit.model.folding.fold import unfolded_input, widen
from irrvit.model.macs import count_macs
from irrvit.model.progress import NotifyStage
from irrvit.model.sources.find import Source

Outputs = dict[str, np.ndarray]
_STABLE = 3e-5  # A third of what a float32 file may be off by.


@dataclass(frozen=True)
class Prepared:
    """A network ready to be written, and what the file will be held against.

    Attributes:
        inputs: raw pixels (H, W, 3) by case.
        reference: logits (classes,) of the unfolded float32 network by case.
        folded: raw pixels (1, 3, H, W) -> logits.
        macs: of the folded network, by PyTorch's counter.
        findings: what was left out of the comparison, and what had to be assumed.
    """

    source: Source
    inputs: Outputs
    reference: Outputs
    folded: torch.nn.Module
    fold: FoldCheck
    macs: int
    findings: tuple[str, ...]


def export(job: ExportJob, folder: Path, *, cache_key: str, notify: NotifyStage) -> Manifest:
    """Write one file and its manifest into an empty folder; a failed check is in the manifest."""
    chosen = target.get(job.target)
    notify("loading and folding the network")
    prepared = prepare(job)
    quantizing, calibration = calibrate(job, prepared.source) if job.is_calibrated else (None, None)
    notify("converting")
    path = folder / f"{job.file_stem}{chosen.SUFFIX}"
    compatibility = chosen.write(
        prepared.folded, prepared.source.input, job.precision, path, quantizing
    )
    losses = ()
    if job.sensitivity and quantizing is not None:
        notify("quantizing one module after another")
        losses = chosen.losses(prepared.folded, prepared.source.input, quantizing)
    notify("comparing with PyTorch")
    reports = check(job, path, prepared)
    explanation = None
    if job.explain and not all(report.passed for report in reports):
        notify("looking for the layer that departs")
        explanation = explain_failure(job, path, prepared)
    notify("converting without folding, to count operations")
    before = count_unfolded_operations(job, prepared.source, folder, quantizing)
    delegation = chosen.delegation(path)
    macs = chosen.count_macs(path)
    findings = [*prepared.findings]
    photographs = picture_batch(prepared.inputs)
    findings += chosen.inspect(path, photographs[:1])
    findings += extra_work(macs, prepared.macs)
    manifest = Manifest(
        model=prepared.source.name,
        weights=prepared.source.weights,
        target=job.target,
        precision=job.precision,
        file=path.name,
        sha256=reports[0].artifact_sha256,
        size_bytes=content_size(path),
        macs=macs,
        parameters=sum(p.numel() for p in prepared.source.network.parameters()),
        input=prepared.source.input,
        labels=prepared.source.labels,
        fold=FoldSummary(folded=prepared.fold.folded, max_rel=prepared.fold.max_rel),
        operations=Operations(before=before, after=chosen.count_operations(path)),
        compatibility=compatibility,
        toolchain=toolchain(job.target),
        parity=reports,
        findings=tuple(findings),
        explanation=explanation,
        golden=golden_cases(prepared.reference),
        calibration=calibration,
        delegation=delegation,
        losses=losses,
        failures=tuple(failures(job, prepared.folded, photographs, delegation)),
        cache_key=cache_key,
        created_utc=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    (folder / MANIFEST).write_text(manifest.model_dump_json(indent=2))
    return manifest


def prepare(job: ExportJob) -> Prepared:
    """Load a network, run its reference, fold a copy and hold that against it in float64."""
    source = sources.load(job.model, job.checkpoint, mean=job.mean, std=job.std, labels=job.labels)
    inputs = {
        name: pixels.astype(np.float32) for name, pixels in cases.parity_cases(source.input).items()
    }
    reference = run_reference(source, inputs)
    unstable = unstable_arrays(source, inputs, reference)
    for name in unstable:
        del inputs[name], reference[name]
    pictures = torch.from_numpy(picture_batch(inputs)[:2]).permute(0, 3, 1, 2)
    folded, checked = fold_checked(source.network, source.input, pictures)
    macs = count_macs(folded, pictures[:1])
    findings = (*source.warnings, *unstable.values())
    return Prepared(source, inputs, reference, folded, checked, macs, findings)


def reference_runner(source: Source) -> Callable[[np.ndarray], np.ndarray]:
    """The unfolded float32 network in eval mode: pixels (N, H, W, 3) -> logits (N, classes)."""
    network = unfolded_input(source.network, source.input)

    def run(pixels: np.ndarray) -> np.ndarray:
        images = torch.from_numpy(pixels.astype(np.float32)).permute(0, 3, 1, 2)
        with torch.no_grad():
            return network(images).numpy()

    return run


def run_reference(source: Source, inputs: Outputs) -> Outputs:
    """The reference on every case, one picture at a time, as the files run it."""
    run = reference_runner(source)
    return {name: run(pixels[None])[0] for name, pixels in inputs.items()}


def unstable_arrays(source: Source, inputs: Outputs, reference: Outputs) -> dict[str, str]:
    """The synthetic cases on which PyTorch itself is off in float32, each with a sentence.

    Far from all that it was made for, a network may amplify rounding until a comparison says
    nothing about a file (LeViT with random weights on noise: 3e-2 between float32 and float64).
    Photographs always stay.
    """
    photographs = {picture.stem for picture in cases.pictures()}
    network = unfolded_input(widen(source.network), source.input)
    unstable = {}
    for name in [name for name in inputs if name not in photographs]:
        image = torch.from_numpy(inputs[name][None]).permute(0, 3, 1, 2).double()
        with torch.no_grad():
            exact = network(image)[0].numpy()
        error = float(np.abs(exact - reference[name]).max() / np.abs(exact).max())
        if not error <= _STABLE:
            unstable[name] = (
                f"the case '{name}' was left out: on it PyTorch itself differs by {error:.0e} "
                "between float32 and float64"
            )
    return unstable


def check(job: ExportJob, path: Path, prepared: Prepared) -> tuple[ParityReport, ...]:
    """Run the written file on every case in every runner that was asked for, and compare.

    A file with the ranges of real pictures is held to the photographs alone: noise and hard edges
    are beyond them.
    """
    chosen = target.get(job.target)
    sha256 = content_hash(path)
    photographs = {picture.stem for picture in cases.pictures()}
    names = [name for name in prepared.inputs if name in photographs or not job.is_calibrated]
    batch = np.stack([prepared.inputs[name] for name in names])
    return tuple(
        parity.check(
            {name: prepared.reference[name] for name in names},
            dict(zip(names, runner.run(batch), strict=True)),
            tolerance=chosen.TOLERANCES[job.precision],
            artifact_sha256=sha256,
            runner=runner.name,
        )
        for runner in runners(job, chosen, path)
    )


def explain_failure(job: ExportJob, path: Path, prepared: Prepared) -> str:
    """Name the layer that departs, on the first photograph."""
    chosen = target.get(job.target)
    pixels = next(iter(prepared.inputs.values()))[None]
    max_rel = chosen.TOLERANCES[job.precision].max_rel
    return explain(prepared.folded, pixels, chosen.trace(path, pixels), max_rel)


def runners(job: ExportJob, chosen: Target, path: Path) -> list[Runner]:
    """The format's own runtime first, then others that read the same file."""
    second = [tensorflow_runner.load(path)] if job.tensorflow and job.target == "tflite" else []
    return [chosen.load(path), *second]


def calibrate(job: ExportJob, source: Source) -> tuple[QuantizationOptions, Calibration]:
    """Draw the pictures that ranges are found on."""
    pixels, calibration = job.calibration.draw(source)
    return QuantizationOptions(pixels, job.keep_float), calibration


def count_unfolded_operations(
    job: ExportJob, source: Source, folder: Path, quantizing: QuantizationOptions | None
) -> int:
    """What the file would hold without our folding: converters fold some things by themselves."""
    chosen = target.get(job.target)
    with TemporaryDirectory(dir=folder) as scratch:
        path = Path(scratch) / f"unfolded{chosen.SUFFIX}"
        network = unfolded_input(source.network, source.input)
        chosen.write(network, source.input, job.precision, path, quantizing)
        return chosen.count_operations(path)


def picture_batch(inputs: Outputs) -> np.ndarray:
    """The photographs among the cases, float32 (N, H, W, 3)."""
    return np.stack([inputs[picture.stem] for picture in cases.pictures()])
