"""What a file on a device decides on labelled pictures, beside this machine and beside PyTorch."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.measure import Request, find_subjects, to_config
from irrvit.benchmark.device import Device, Process
from irrvit.benchmark.errors import BadOptions, BenchmarkError, CommandFailed
from irrvit.benchmark.measurement import DeviceInfo, HostParity, RunConfig
from irrvit.benchmark.results.rows import COULD_NOT_RUN, VALID
from irrvit.benchmark.run import untimed
from irrvit.benchmark.subjects import TORCH, Subject, in_torch
from irrvit.export import artifact
from irrvit.export.errors import ExportError
from irrvit.export.manifest import Accuracy
from irrvit.export.proof.accuracy import summarize
from irrvit.export.proof.labelled import LabelledPictures, classes_for, tried_on
from irrvit.model.data.dataset import Dataset
from irrvit.model.errors import ModelError
from irrvit.model.progress import Notify, NotifyStage
from irrvit.model.spec import InputSpec

_TELL_EVERY = 100


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

    def classes(self, labels: tuple[str, ...]) -> np.ndarray:
        """(N,) the class that a network with these labels should name in each.

        Raises:
            BadOptions: a class of the pictures is not among the labels.
        """
        return classes_for(labels, self.data)[self.indices]


@dataclass(frozen=True)
class Decided:
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
class Outcome:
    """What was decided; `problems` has a sentence for each file that could not be tried."""

    decided: list[Decided]
    problems: dict[str, str]

    @property
    def exit_code(self) -> int:
        """2 if a file could not be tried; how many decisions are enough is for others to say."""
        return COULD_NOT_RUN if self.problems or not self.decided else VALID


def run(request: Request, notify: Notify) -> Outcome:
    """What `irrvit-bench --decisions` does.

    Raises:
        BenchmarkError: the device is not there, the pictures cannot be read, or their classes are
            not those of a network.
    """
    there = kinds.find(request.device)
    there.describe()  # A device that is not there is said before any work.
    assert request.decisions is not None
    try:
        sample = draw(LabelledPictures(request.decisions, request.data_root).load(), request.limit)
        found = find_subjects(request, there, notify)
        if not found.subjects:
            return Outcome([], found.problems)
        outcome = decide(there, found.subjects, sample, to_config(request, found), notify)
    except (ExportError, ModelError) as error:
        raise BadOptions(str(error)) from error
    return Outcome(outcome.decided, found.problems | outcome.problems)


def draw(data: Dataset, limit: int) -> Sample:
    """Choose `limit` pictures of a labelled set, or all if it has fewer."""
    total = sum(map(len, tried_on(data)))
    chosen = np.linspace(0, total - 1, min(limit, total)).round().astype(int)
    return Sample(data, chosen)


def decide(
    there: Device, subjects: Sequence[Subject], sample: Sample, config: RunConfig, notify: Notify
) -> Outcome:
    """Let every file name the class of every picture there and here, and PyTorch too.

    One that cannot be run is a problem, and the others go on.

    Raises:
        BadOptions: the classes of the pictures are not those of a network.
    """
    decided: list[Decided] = []
    problems: dict[str, str] = {}
    for subject in subjects:
        name = f"{subject.name} {subject.target}-{subject.precision} {subject.runtime}"
        try:
            decided.append(_decide(there, subject, sample, config, partial(notify, name)))
            notify(name, "done")
        except BenchmarkError as error:
            problems[name] = str(error)
            notify(name, f"failed: {error}")
    return Outcome(decided, problems)


def logits(
    where: Device,
    path: str,
    pixels: np.ndarray,
    config: RunConfig,
    notify: NotifyStage,
) -> np.ndarray:
    """What a file on a device says of each picture, (N, H, W, 3) -> (N, classes).

    An emulated device gets a process on every core, for each of them is slow.

    Raises:
        CommandFailed: the file cannot be run there.
    """
    info = where.describe()
    said: list[np.ndarray] = []
    # The processes are closed first, so that after Ctrl-C no thread waits for an answer.
    with ExitStack() as stack:
        count = info.cores if info.emulated else 1
        pool = stack.enter_context(ThreadPoolExecutor(count))
        processes: list[Process] = []
        for _ in range(count):
            processes.append(where.open(path, config))
            stack.callback(processes[-1].close)
        for at in range(0, len(pixels), count):
            said += pool.map(_ask, processes, pixels[at : at + count])
            if len(said) % _TELL_EVERY < count:
                notify(f"{config.runtime} on {info.kind}: {len(said):,} of {len(pixels):,}")
    return np.stack(said)


def _ask(process: Process, picture: np.ndarray) -> np.ndarray:
    process.set_input(picture[None])
    return process.logits()


def _decide(
    there: Device,
    subject: Subject,
    sample: Sample,
    config: RunConfig,
    notify: NotifyStage,
) -> Decided:
    manifest = artifact.open(subject.path).manifest
    classes, pixels = sample.classes(manifest.labels), sample.pixels(manifest.input)
    here, torch = kinds.find("host"), in_torch(replace(subject, runtime=TORCH), manifest)
    as_subject = config.model_copy(update={"runtime": subject.runtime})
    as_torch = config.model_copy(update={"runtime": TORCH})
    answers = untimed.answer_golden(here, torch, as_torch)
    if not answers.agreement.passed:
        raise CommandFailed(
            f"the network called {manifest.model} here is not the one that the file was made "
            f"from: {answers.agreement.failures[0]}"
        )
    ours = logits(there, subject.path, pixels, as_subject, notify)
    theirs = logits(here, subject.path, pixels, as_subject, notify)
    reference = logits(here, torch.path, pixels, as_torch, notify)
    return Decided(
        subject=subject,
        device=there.describe(),
        accuracy=summarize(
            ours.argmax(axis=1), reference.argmax(axis=1), classes, data=sample.data
        ),
        host_parity=untimed.to_host_parity(list(ours), list(theirs)),
    )
