"""Which files are run: those that were named, or those of a network, exported if need be."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from irrvit.benchmark.errors import BadOptions, BenchmarkError
from irrvit.benchmark.results.golden import Expected, GoldenPicture
from irrvit.benchmark.subject import Subject
from irrvit.export import artifact, target
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


def from_paths(
    paths: Sequence[Path], runtimes: Runtimes, *, asked: Sequence[str] = ()
) -> Selection:
    """Open artifacts by folder, manifest or file; a damaged one does not stop the others.

    Args:
        runtimes: those of the device by format, the usual one first.
        asked: by each of them that can, a file is run; without any, by its format's usual one.
    """
    selection = Selection([], {})
    for path in paths:
        try:
            opened = artifact.open(path)
            for runtime in _runtimes_for(opened, runtimes, asked):
                selection.subjects.append(_subject(opened, runtime))
        except (ExportError, ModelError, BenchmarkError) as error:
            selection.problems[str(path)] = str(error)
    used = {subject.runtime for subject in selection.subjects}
    for runtime in (name for name in asked if used and name not in used):
        selection.problems[f"--runtime {runtime}"] = "it runs none of these files: leave it out"
    return selection


def from_models(
    models: Sequence[str], runtimes: Runtimes, *, asked: Sequence[str] = (), notify: Notify
) -> Selection:
    """The files of networks that the device can run; those that are missing are exported first.

    Args:
        runtimes, asked: as for `from_paths`; without any, of the formats that `--target all` has.
    """
    known = {name for names in runtimes.values() for name in names}
    for name in asked:
        if name not in known:
            there = ", ".join(sorted(known))
            raise BadOptions(
                f"this device has no runtime '{name}', it has {there}: choose one of these, leave "
                "--runtime out, or choose another device"
            )
    if asked:
        targets = [t for t, names in runtimes.items() if t != TORCH and set(names) & set(asked)]
    else:
        targets = [name for name in runtimes if name in target.names_in_all()]
    of_files = [name for name in asked if name != TORCH]

    def files_by(opened: Artifact) -> list[str]:
        return _runtimes_for(opened, runtimes, of_files) if targets else []

    selection = Selection([], {})
    for model in models:
        # PyTorch needs no file, but a manifest: for it the format that is quickest to write.
        made, problems = _export(model, targets or ["onnx"], notify)
        selection.problems.update(problems)
        for opened in made:
            selection.subjects.extend(_subject(opened, name) for name in files_by(opened))
        if TORCH in asked and made:
            selection.subjects.append(_subject(made[0], TORCH))
    return selection


def _export(
    model: str, targets: Sequence[str], notify: Notify
) -> tuple[list[Artifact], dict[str, str]]:
    from irrvit.export.command.export_files import export_files
    from irrvit.export.command.options import ExportOptions

    try:
        result = export_files(
            ExportOptions(model, targets=tuple(targets)),
            lambda name, stage: notify(f"{model} {name}", stage),
        )
    except (ExportError, ModelError) as error:
        return [], {model: str(error)}
    return result.artifacts, {f"{model} {t}": message for t, message in result.errors.items()}


def _runtimes_for(opened: Artifact, runtimes: Runtimes, asked: Sequence[str]) -> list[str]:
    """Those that are asked for and can run a file, or the usual one; PyTorch runs any network."""
    format = opened.manifest.target
    able = runtimes.get(format, ())
    chosen = [name for name in asked if name in able or (name == TORCH and TORCH in runtimes)] or (
        [] if asked else list(able[:1])
    )
    if chosen:
        return chosen
    file = f"{opened.path.name} is in the format {format}"
    if able:
        raise BadOptions(
            f"{file}, which {' or '.join(asked)} cannot run: leave --runtime out for {able[0]}"
        )
    formats = ", ".join(name for name in runtimes if name != TORCH)
    raise BadOptions(f"{file}, which this device cannot run: it runs {formats}")


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
