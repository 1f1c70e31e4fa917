"""Trying every written file, and PyTorch, on a whole set of labelled pictures."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.export import artifact
from irrvit.export.artifact import MANIFEST, Artifact
from irrvit.export.command import publish, workers
from irrvit.export.job import ExportJob
from irrvit.export.manifest import Accuracy
from irrvit.export.proof.accuracy import summarize
from irrvit.export.proof.labelled import LabelledPictures, expected_of, tried_on
from irrvit.model import sources
from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.errors import BadData
from irrvit.model.outputs import LOGITS
from irrvit.model.progress import Notify, NotifyStage
from irrvit.model.spec import InputSpec

STEP = 100
"""How many pictures are run together."""

_UNDECIDED = -1


@dataclass(frozen=True)
class DecideTask:
    """Let a written file, or PyTorch itself, name the class of every picture of a labelled set.

    Attributes:
        artifact: the folder of the written file; None for PyTorch.
        spec: what it eats.
        data_sha256: of the pictures, when the task was given.
        decisions: where they are kept as they are made, so that an interrupted run goes on.
    """

    job: ExportJob
    artifact: Path | None
    spec: InputSpec
    data: str
    data_root: Path | None
    data_sha256: str
    decisions: Path
    log: Path

    @property
    def name(self) -> str:
        return self.job.name if self.artifact else "PyTorch"

    @property
    def target(self) -> str:
        return self.job.target

    @property
    def chatter(self) -> Path:
        return self.decisions.with_suffix(".log")

    def run(self, notify: NotifyStage) -> np.ndarray:
        return decide(self, notify)


Decide = Callable[[Iterable[DecideTask], Notify], Iterable[tuple[DecideTask, Any]]]
"""Does such tasks and yields each with its decisions or a `Failure`, as `workers.run`."""


def evaluate(
    artifacts: Mapping[ExportJob, Artifact],
    labelled: LabelledPictures,
    notify: Notify,
    decide_all: Decide = workers.run,
) -> dict[str, str]:
    """Write into the manifest of each artifact how it decides on a labelled set.

    Decisions are kept as they are made: an interrupted evaluation goes on where it was.

    Returns:
        By target, or file where a target has several, a sentence for each that was not tried.

    Raises:
        BadData, BadOption: the pictures cannot be read, or are of other classes.
    """
    data = labelled.load(lambda stage: notify("pictures", stage))
    for opened in artifacts.values():
        expected_of(opened.manifest.labels, data)  # Other classes are said before any work.
    wanted = {job: a for job, a in artifacts.items() if not _is_known(a, data)}
    if not wanted:
        return {}
    out = next(iter(wanted.values())).path.parents[1]
    with publish.workspace(out, on_wait=lambda: notify("all", f"waiting for {out}")):
        folder = out / ".evaluation"
        folder.mkdir(exist_ok=True)
        first = next(iter(wanted))
        spec = wanted[first].manifest.input
        tasks = [_task(first, None, spec, labelled, folder, data)]
        tasks += [_task(job, a, spec, labelled, folder, data) for job, a in wanted.items()]
        decisions = {}
        for task, outcome in decide_all(tasks, notify):
            workers.settle(task, outcome)
            decisions[task.name] = outcome
        errors = _write_down(wanted, decisions, data)
        if not errors:
            shutil.rmtree(folder)
    return errors


def decide(task: DecideTask, notify: NotifyStage) -> np.ndarray:
    """Name the class of every test picture, (N,) int64; goes on where an earlier run stopped."""
    data = LabelledPictures(task.data, task.data_root).load()
    run = _runner(task)
    decisions = open_decisions(task, data)
    for part, where, into in pieces(data):
        if is_undecided(decisions[into]):
            decisions[into] = run(part.pixels(where, task.spec)).argmax(axis=1)
            decisions.flush()
            notify(f"looking at pictures: {into.stop:,} of {len(decisions):,}")
    return np.array(decisions)


def pieces(data: Dataset, size: int = STEP) -> Iterator[tuple[Pictures, np.ndarray, slice]]:
    """The pictures, `size` at a time: of which part, where there, where of all.

    The same pictures are always run together (`size` is a multiple of `STEP`), for what stands
    beside a picture in a batch may change its last bits.
    """
    start = 0
    for part in tried_on(data):
        for at in range(0, len(part), size):
            where = np.arange(at, min(at + size, len(part)))
            yield part, where, slice(start + at, start + at + len(where))
        start += len(part)


def is_undecided(decisions: np.ndarray) -> bool:
    """Whether one of some decisions was not made yet."""
    return bool((decisions == _UNDECIDED).any())


def _runner(task: DecideTask) -> Callable[[np.ndarray], np.ndarray]:
    """A function of pixels (N, H, W, 3) -> logits."""
    if task.artifact is not None:
        return artifact.open(task.artifact).run
    return pytorch(task.job)


def pytorch(job: ExportJob) -> Callable[[np.ndarray], np.ndarray]:
    """The network itself, as a function of pixels (N, H, W, 3) -> logits."""
    from irrvit.export.proof.reference import reference_runner  # Brings torch: only in the worker.

    run = reference_runner(job.load())
    return lambda pixels: run(pixels)[LOGITS]


def open_decisions(task: DecideTask, data: Dataset) -> np.memmap:
    """The decisions that are kept of a task, (N,) int64, with those that were made before.

    Raises:
        BadData: the pictures are no longer those that the task is about.
    """
    if data.sha256 != task.data_sha256:
        raise BadData(f"the pictures of '{data.name}' changed while they were looked at: try again")
    path = task.decisions
    if not path.exists():
        fresh = path.with_suffix(".new")
        total = sum(len(part) for part in tried_on(data))
        with fresh.open("wb") as file:
            np.save(file, np.full(total, _UNDECIDED, np.int64))
        os.replace(fresh, path)
    return np.lib.format.open_memmap(path, mode="r+")


def _task(
    job: ExportJob,
    opened: Artifact | None,
    spec: InputSpec,
    labelled: LabelledPictures,
    folder: Path,
    data: Dataset,
) -> DecideTask:
    subject = opened.manifest.sha256 if opened else sources.fingerprint(job.model, job.checkpoint)
    chosen = f"{subject} {job.checkpoint_key} {job.mean} {job.std} {data.sha256}"
    key = hashlib.sha256(chosen.encode()).hexdigest()
    path = folder / f"{key}.npy"
    return DecideTask(
        job=job,
        artifact=opened.path.parent if opened else None,
        spec=spec,
        data=labelled.name,
        data_root=labelled.root,
        data_sha256=data.sha256,
        decisions=path,
        log=folder.parent / f"{job.name if opened else 'PyTorch'}.log",
    )


def _is_known(opened: Artifact, data: Dataset) -> bool:
    return any(known.data_sha256 == data.sha256 for known in opened.manifest.accuracy)


def _write_down(
    artifacts: Mapping[ExportJob, Artifact], decisions: Mapping[str, object], data: Dataset
) -> dict[str, str]:
    errors = {}
    reference = decisions["PyTorch"]
    for job, opened in artifacts.items():
        several = sum(job.target == other.target for other in artifacts) > 1
        candidate = decisions[job.name]
        for outcome in (reference, candidate):
            if isinstance(outcome, workers.Failure):
                errors[job.name if several else job.target] = outcome.message
        if isinstance(reference, np.ndarray) and isinstance(candidate, np.ndarray):
            expected = expected_of(opened.manifest.labels, data)
            _add(opened, summarize(candidate, reference, expected, data=data))
    return errors


def _add(opened: Artifact, accuracy: Accuracy) -> None:
    """Put an accuracy into a manifest; the file beside it stays as it is."""
    path = opened.path.with_name(MANIFEST)
    manifest = opened.manifest.model_copy(
        update={"accuracy": (*opened.manifest.accuracy, accuracy)}
    )
    fresh = path.with_name(f".{MANIFEST}.new")
    fresh.write_text(manifest.model_dump_json(indent=2))
    os.replace(fresh, path)
