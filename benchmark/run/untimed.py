"""A device without a clock: are its answers right, and how far are they from this machine's?"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4

import numpy as np

from irrvit.benchmark import kinds
from irrvit.benchmark.device import Device, LoadInfo, Process
from irrvit.benchmark.errors import BenchmarkError, CommandFailed
from irrvit.benchmark.measurement import GoldenAgreement, HostParity, Measurement, RunConfig
from irrvit.benchmark.results import golden
from irrvit.benchmark.run.rounds import RunResult
from irrvit.benchmark.run.workload import subject_workload
from irrvit.benchmark.subject import Subject
from irrvit.model.progress import Notify, NotifyStage

_TELL_EVERY = 100


@dataclass(frozen=True)
class GoldenAnswers:
    """What a file said about its golden pictures; `logits` has (classes,) of each."""

    load_info: LoadInfo
    agreement: GoldenAgreement
    logits: list[np.ndarray]


def run(there: Device, subjects: Sequence[Subject], config: RunConfig, notify: Notify) -> RunResult:
    """Show the subjects their golden pictures, there and here; time nothing.

    One that cannot be run is a failure, and the others go on. Ctrl-C keeps what was found out.
    """
    run_id = uuid4().hex
    measurements: list[Measurement] = []
    failures: dict[str, str] = {}
    for subject in subjects:
        workload = subject_workload(subject, config)
        notify(workload.name, f"showing it {len(subject.golden)} pictures")
        try:
            measurements.append(_measure(there, subject, workload.config, run_id))
            notify(workload.name, "done")
        except BenchmarkError as error:
            failures[workload.name] = str(error)
            notify(workload.name, f"failed: {error}")
        except KeyboardInterrupt:
            notify("all", "interrupted; what was found out is kept")
            return RunResult(measurements, failures, interrupted=True)
    return RunResult(measurements, failures)


def answer_golden(where: Device, subject: Subject, config: RunConfig) -> GoldenAnswers:
    """Let a file on a device say what its golden pictures are; raises CommandFailed."""
    logits: list[np.ndarray] = []

    def answer(pixels: np.ndarray) -> np.ndarray:
        process.set_input(pixels)
        logits.append(process.logits())
        return logits[-1]

    process = where.open(subject.path, config)
    try:
        return GoldenAnswers(process.load_info, golden.check(subject.golden, answer), logits)
    finally:
        process.close()


def answer_pictures(
    device: Device, path: str, pixels: np.ndarray, config: RunConfig, notify: NotifyStage
) -> np.ndarray:
    """What a file on a device answers to each picture, (N, H, W, 3) -> (N, classes).

    An emulated device gets a process on every core, for each of them is slow.

    Raises:
        CommandFailed: the file cannot be run there.
    """
    info = device.describe()
    answers: list[np.ndarray] = []
    # The processes are closed first, so that after Ctrl-C no thread waits for an answer.
    with ExitStack() as stack:
        count = max(1, info.cores) if info.emulated else 1
        pool = stack.enter_context(ThreadPoolExecutor(count))
        processes: list[Process] = []
        for _ in range(count):
            processes.append(device.open(path, config))
            stack.callback(processes[-1].close)
        for at in range(0, len(pixels), count):
            answers += pool.map(_answer, processes, pixels[at : at + count])
            if len(answers) % _TELL_EVERY < count:
                notify(f"{config.runtime} on {info.kind}: {len(answers):,} of {len(pixels):,}")
    if len({answer.shape for answer in answers}) > 1:
        raise CommandFailed(f"{info.kind} gives other outputs for one picture than for another")
    return np.stack(answers)


def _answer(process: Process, picture: np.ndarray) -> np.ndarray:
    process.set_input(picture[None])
    return process.logits()


def to_host_parity(candidate: Sequence[np.ndarray], reference: Sequence[np.ndarray]) -> HostParity:
    """Hold outputs, (classes,) for each picture, against others of the same pictures."""
    pairs = list(zip(candidate, reference, strict=True))
    # Of numpy, whose largest of 0 and NaN is NaN.
    largest = np.max([_relative(a, b) for a, b in pairs] or [np.nan])
    return HostParity(
        pictures=len(pairs),
        max_rel=float(largest) if np.isfinite(largest) else None,
        same_decisions=sum(_decides_alike(a, b) for a, b in pairs),
    )


def _relative(ours: np.ndarray, theirs: np.ndarray) -> float:
    """The largest difference as a share of the largest output; NaN of outputs that are others."""
    if ours.shape != theirs.shape or not theirs.any():
        return np.nan
    return float(np.abs(ours - theirs).max() / np.abs(theirs).max())


def _decides_alike(ours: np.ndarray, theirs: np.ndarray) -> bool:
    is_comparable = ours.shape == theirs.shape and ours.size > 0
    return is_comparable and bool(ours.argmax() == theirs.argmax())


def _measure(there: Device, subject: Subject, config: RunConfig, run_id: str) -> Measurement:
    started = datetime.now(UTC).isoformat(timespec="seconds")
    before = there.state()
    answers = answer_golden(there, subject, config)
    return Measurement(
        **subject.facts(),
        run_id=run_id,
        device=there.describe(),
        config=config,
        runtime_version=answers.load_info.runtime_version,
        placement=answers.load_info.placement,
        golden=answers.agreement,
        before=before,
        after=there.state(),
        background_cores=None,
        repeats=(),
        host_parity=to_host_parity(
            answers.logits, answer_golden(kinds.find("host"), subject, config).logits
        ),
        started_utc=started,
    )
