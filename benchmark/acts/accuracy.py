"""`irrvit-bench accuracy`: what files on a device decide on labelled pictures.

Beside them stands what the same file decides on this machine, and what PyTorch does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.options import AccuracyOptions
from irrvit.benchmark.acts.plan import check_files, find_device, select_files, to_config
from irrvit.benchmark.acts.select import TORCH, in_torch
from irrvit.benchmark.device import Device
from irrvit.benchmark.errors import BadOptions, BenchmarkError, CommandFailed, ExitCode
from irrvit.benchmark.measurement import DeviceInfo, HostParity, RunConfig
from irrvit.benchmark.run import untimed
from irrvit.benchmark.subject import Subject
from irrvit.export import artifact
from irrvit.export.errors import ExportError
from irrvit.export.manifest import Accuracy
from irrvit.export.proof.accuracy import summarize
from irrvit.export.proof.labelled import Expected, LabelledPictures, expected_of, tried_on
from irrvit.model.data.dataset import Dataset
from irrvit.model.errors import ModelError
from irrvit.model.progress import Notify, NotifyStage
from irrvit.model.spec import InputSpec

_HEADINGS = ("network", "by", "right", "PyTorch", "as PyTorch", "as this machine", "max rel")


@dataclass(frozen=True)
class Sample:
    """Some pictures of a labelled set, evenly spread over those that files are tried on."""

    data: Dataset
    indices: np.ndarray

    def pixels(self, spec: InputSpec) -> np.ndarray:
        """All of them as a network eats them: uint8 (N, H, W, 3)."""
        start, read = 0, []
        for part in tried_on(self.data):
            inside = (start <= self.indices) & (self.indices < start + len(part))
            if inside.any():
                read.append(part.pixels(self.indices[inside] - start, spec))
            start += len(part)
        return np.concatenate(read)

    def expected(self, labels: tuple[str, ...]) -> Expected:
        """What a network with these labels should say about each.

        Raises:
            BadOption: a class of the pictures is not among the network's.
        """
        return expected_of(labels, self.data).of(self.indices)


@dataclass(frozen=True)
class AccuracyRow:
    """One file on one device.

    Attributes:
        accuracy: against the labels, and against PyTorch's decisions.
        host_parity: against the same file on this machine.
    """

    subject: Subject
    device: DeviceInfo
    accuracy: Accuracy
    host_parity: HostParity


@dataclass(frozen=True)
class AccuracyResult:
    """What was decided; `problems` has a sentence for each file that could not be tried."""

    rows: list[AccuracyRow]
    problems: Mapping[str, str]

    @property
    def exit_code(self) -> ExitCode:
        """Whether all could be tried; how many decisions are enough is for others to say."""
        failed = self.problems or not self.rows
        return ExitCode.COULD_NOT_RUN if failed else ExitCode.PASSED


def run(options: AccuracyOptions, notify: Notify) -> AccuracyResult:
    """Let every file name the class of every picture there and here, and PyTorch too.

    One that cannot be run is a problem, and the others go on.

    Raises:
        BenchmarkError: the device is not there, the pictures cannot be read, or their classes are
            not those of a network.
    """
    check_files(options.files)
    device = find_device(options.device, notify)
    device.describe()  # A device that is not there is said before any work.
    try:
        sample = draw(LabelledPictures(options.data, options.data_root).load(), options.limit)
        selection = select_files(options.files, device, notify)
        if not selection.subjects:
            return AccuracyResult([], selection.problems)
        config = to_config(selection, options.calls, accelerator=options.device.accelerator)
        result = _decide_all(device, selection.subjects, sample, config, notify)
    except (ExportError, ModelError) as error:
        raise BadOptions(str(error)) from error
    return AccuracyResult(result.rows, {**selection.problems, **result.problems})


def draw(data: Dataset, limit: int) -> Sample:
    """Choose `limit` pictures of a labelled set, or all if it has fewer."""
    total = sum(map(len, tried_on(data)))
    chosen = np.linspace(0, total - 1, min(limit, total)).round().astype(int)
    return Sample(data, chosen)


def _decide_all(
    device: Device, subjects: Sequence[Subject], sample: Sample, config: RunConfig, notify: Notify
) -> AccuracyResult:
    rows: list[AccuracyRow] = []
    problems: dict[str, str] = {}
    for subject in subjects:
        try:
            rows.append(_decide(device, subject, sample, config, partial(notify, subject.label)))
            notify(subject.label, "done")
        except BenchmarkError as error:
            problems[subject.label] = str(error)
            notify(subject.label, f"failed: {error}")
    return AccuracyResult(rows, problems)


def _decide(
    device: Device, subject: Subject, sample: Sample, config: RunConfig, notify: NotifyStage
) -> AccuracyRow:
    manifest = artifact.open(subject.path).manifest
    expected, pixels = sample.expected(manifest.labels), sample.pixels(manifest.input)
    host, torch = kinds.find("host"), in_torch(replace(subject, runtime=TORCH), manifest)
    as_subject = config.model_copy(update={"runtime": subject.runtime})
    as_torch = config.model_copy(update={"runtime": TORCH})
    golden = untimed.answer_golden(host, torch, as_torch).agreement
    if not golden.passed:
        raise CommandFailed(
            f"the network called {manifest.model} here is not the one that the file was made "
            f"from: {golden.failures[0]}"
        )
    ours = untimed.answer_pictures(device, subject.path, pixels, as_subject, notify)
    theirs = untimed.answer_pictures(host, subject.path, pixels, as_subject, notify)
    reference = untimed.answer_pictures(host, torch.path, pixels, as_torch, notify)
    return AccuracyRow(
        subject=subject,
        device=device.describe(),
        accuracy=summarize(
            ours.argmax(axis=1), reference.argmax(axis=1), expected, data=sample.data
        ),
        host_parity=untimed.to_host_parity(list(ours), list(theirs)),
    )


def to_table(result: AccuracyResult) -> RenderableType:
    """A row for each file: right by the labels, and deciding as PyTorch and as this machine."""
    if not result.rows:
        return Group()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for i, heading in enumerate(_HEADINGS):
        table.add_column(heading, justify="left" if i < 2 else "right", no_wrap=i > 0)
    for row in result.rows:
        table.add_row(*_cells(row))
    first = result.rows[0]
    pictures = f"{first.accuracy.pictures:,} pictures of {first.accuracy.data}"
    title = Text(f"{first.device.name}: {pictures}", no_wrap=True, overflow="ellipsis")
    return Group(title, table)


def _cells(row: AccuracyRow) -> tuple[str, ...]:
    accuracy, parity = row.accuracy, row.host_parity
    shares = (
        accuracy.right,
        accuracy.reference_right,
        accuracy.same_decisions,
        parity.same_decisions,
    )
    return (
        f"{row.subject.name} {row.subject.precision}",
        row.subject.runtime.removesuffix("runtime"),
        *(f"{share / accuracy.pictures:.2%}" for share in shares),
        "-" if parity.max_rel is None else f"{parity.max_rel:.1e}",
    )


def to_json(result: AccuracyResult) -> dict[str, Any]:
    """The rows as records."""
    return {
        "decisions": [_json_row(row) for row in result.rows],
        "errors": [{"name": name, "message": text} for name, text in result.problems.items()],
    }


def _json_row(row: AccuracyRow) -> dict[str, Any]:
    subject = row.subject
    return {
        "artifact_sha256": subject.sha256,
        "variant": subject.name,
        "target": subject.target,
        "precision": subject.precision,
        "runtime": subject.runtime,
        "device": row.device.model_dump(),
        "accuracy": row.accuracy.model_dump(),
        "host_parity": row.host_parity.model_dump(),
    }
