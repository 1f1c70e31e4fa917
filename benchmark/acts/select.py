"""Which files are run: those that were named, or those of a network, exported if need be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from irrvit.benchmark.errors import BadOptions, BenchmarkError
from irrvit.benchmark.results.golden import Expected, GoldenPicture
from irrvit.benchmark.subject import Subject
from irrvit.export import artifact
from irrvit.export.artifact import Artifact
from irrvit.export.errors import ExportError
from irrvit.export.manifest import GoldenSample, Manifest
from irrvit.export.precision import Precision
from irrvit.export.proof import cases
from irrvit.model import sources
from irrvit.model.errors import ModelError
from irrvit.model.outputs import Output, OutputMeaning
from irrvit.model.progress import Notify

Runtimes = Mapping[str, tuple[str, ...]]
TORCH = "torch"


@dataclass(frozen=True)
class Selection:
    """What can be run, and a sentence for each thing that cannot."""

    subjects: list[Subject]
    problems: dict[str, str]


def from_paths(paths: Sequence[Path], runtimes: Runtimes, *, runtime: str | None) -> Selection:
    """Open artifacts by folder, manifest or file; a damaged one does not stop the others."""
    selection = Selection([], {})
    for path in paths:
        try:
            opened = artifact.open(path)
            selection.subjects.append(_subject(opened, _runtime_for(opened, runtimes, runtime)))
        except (ExportError, ModelError, BenchmarkError) as error:
            selection.problems[str(path)] = str(error)
    return selection


def from_models(
    models: Sequence[str], runtimes: Runtimes, *, runtime: str | None, notify: Notify
) -> Selection:
    """The files of networks that the device can run; those that are missing are exported first."""
    targets = [t for t, names in runtimes.items() if runtime is None or runtime in names]
    if not targets:
        known = sorted({name for names in runtimes.values() for name in names})
        raise BadOptions(f"unknown runtime '{runtime}': this device has {', '.join(known)}")
    selection = Selection([], {})
    for model in models:
        made, problems = _export(model, targets, runtime, notify)
        selection.problems.update(problems)
        for opened in made:
            chosen = TORCH if runtime == TORCH else runtimes[opened.manifest.target][0]
            selection.subjects.append(_subject(opened, chosen))
    return selection


def _export(
    model: str, targets: Sequence[str], runtime: str | None, notify: Notify
) -> tuple[list[Artifact], dict[str, str]]:
    """PyTorch needs no file, but a manifest: for it the format that is quickest to write."""
    from irrvit.export.command.export_files import export_files
    from irrvit.export.command.options import ExportOptions

    formats = ("onnx",) if runtime == TORCH else tuple(t for t in targets if t != TORCH)
    try:
        result = export_files(
            ExportOptions(model, targets=formats),
            lambda name, stage: notify(f"{model} {name}", stage),
        )
    except (ExportError, ModelError) as error:
        return [], {model: str(error)}
    return result.artifacts, {f"{model} {t}": message for t, message in result.errors.items()}


def _runtime_for(opened: Artifact, runtimes: Runtimes, asked: str | None) -> str:
    target = opened.manifest.target
    able = (*runtimes.get(target, ()), TORCH) if TORCH in runtimes else runtimes.get(target, ())
    if asked is None and target in runtimes:
        return runtimes[target][0]
    if asked in able:
        return str(asked)
    what = f"by {asked}" if asked else "at all"
    raise BadOptions(
        f"{opened.path.name} is a {target} file, which this device cannot run {what}: "
        f"it runs {', '.join(f'{t} by {n[0]}' for t, n in runtimes.items() if t != TORCH)}"
    )


def _subject(opened: Artifact, runtime: str) -> Subject:
    manifest = opened.manifest
    subject = Subject(
        name=manifest.model,
        path=str(opened.path),
        target=manifest.target,
        precision=str(manifest.precision),
        runtime=runtime,
        sha256=manifest.sha256,
        size_bytes=manifest.size_bytes,
        macs=manifest.macs,
        golden=_golden(manifest),
    )
    return subject if runtime != TORCH else in_torch(subject, manifest)


def in_torch(subject: Subject, manifest: Manifest) -> Subject:
    """The network that the file was made from, by name; golden cases tell if it is another."""
    identity = hashlib.sha256(sources.fingerprint(manifest.model).encode()).hexdigest()
    return replace(
        subject,
        path=manifest.model,
        target=TORCH,
        precision=str(Precision.FP32),
        sha256=identity,
        size_bytes=4 * manifest.parameters,
    )


def _golden(manifest: Manifest) -> tuple[GoldenPicture, ...]:
    pictures = cases.golden_pictures(manifest.input)
    tolerance = manifest.parity[0].tolerance.max_rel
    missing = [case.picture for case in manifest.golden if case.picture not in pictures]
    if missing or not manifest.golden:
        raise BadOptions(
            f"{manifest.file}: its golden pictures are not here ({', '.join(missing) or 'none'}); "
            "export it again with this version"
        )
    starts = _starts(manifest.outputs)
    return tuple(
        GoldenPicture(
            case.picture,
            pictures[case.picture][None],
            case.top5,
            case.logits,
            tolerance,
            tuple(_expected(sample, *starts[sample.output]) for sample in case.samples),
            case.scale,
        )
        for case in manifest.golden
    )


def _starts(outputs: Sequence[Output]) -> dict[str, tuple[Output, int]]:
    """Where each output lies in what a device answers: all, in the order of their names."""
    starts, start = {}, 0
    for output in sorted(outputs, key=lambda output: output.name):
        starts[output.name] = output, start
        start += output.size
    return starts


def _expected(sample: GoldenSample, output: Output, start: int) -> Expected:
    return Expected(
        name=output.name,
        indices=sample.indices,
        values=sample.values,
        scale=sample.scale,
        start=start,
        size=output.size,
        is_whole=output.meaning is OutputMeaning.INDICES,
    )
