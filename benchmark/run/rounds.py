"""The order of things of a run: settle, load, warm up, time in turn, again, then memory.

All files are measured together: each in a process of its own, a block of calls each in turn, so
that what disturbs the machine disturbs all alike. Several repeats, each with new processes, since
two processes of one file differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import numpy as np

from irrvit.benchmark.device import Device, repeats_share_process
from irrvit.benchmark.errors import AnswersUnknown, BenchmarkError, DeviceLost
from irrvit.benchmark.measurement import DeviceState, GoldenAgreement, Measurement, RunConfig
from irrvit.benchmark.results import golden
from irrvit.benchmark.run.conditions import Watch, settle
from irrvit.benchmark.run.isolated import compare_with_cpu, measure_energy, measure_memory
from irrvit.benchmark.run.workload import (
    LINEAR_SIZE,
    Trial,
    Workload,
    peak_workload,
    subject_workload,
)
from irrvit.benchmark.subject import Subject
from irrvit.model.progress import Notify

# How often a device may go and come back within a repeat.
_RETURNS = 3


@dataclass(frozen=True)
class RunResult:
    """What came of a run; only a file whose device went for good may be on both sides."""

    measurements: list[Measurement]
    failures: dict[str, str]
    interrupted: bool = False


def join(results: Iterable[RunResult]) -> RunResult:
    """Of runs one after another; Ctrl-C ends all."""
    joined = RunResult([], {})
    for result in results:
        joined = RunResult(
            joined.measurements + result.measurements,
            joined.failures | result.failures,
            result.interrupted,
        )
        if result.interrupted:
            break
    return joined


def run(
    device: Device, subjects: Sequence[Subject], config: RunConfig, notify: Notify
) -> RunResult:
    """Measure the subjects in turn.

    One that dies, hangs or cannot be loaded is a failure, and the others go on. Ctrl-C and a
    device that goes for good end the run, and what was measured is kept.
    """
    workloads = [subject_workload(subject, config) for subject in subjects]
    runtimes = dict.fromkeys(subject.runtime for subject in subjects)
    peaks = {runtime: peak_workload(runtime, config) for runtime in runtimes}
    facts = {"run_id": uuid4().hex, "device": device.describe(), "started_utc": _now_utc()}
    before, interrupted = device.state(), False
    watch = Watch(device, before, notify)
    try:
        before = settle(device, config, notify)
        for number in range(config.repeats):
            notify("all", f"repeat {number + 1} of {config.repeats}")
            _repeat(device, [*workloads, *peaks.values()], number, watch, notify)
        measure_memory(device, workloads, notify)
        compare_with_cpu(device, workloads, notify)
        measure_energy(device, workloads, notify)
    except KeyboardInterrupt:
        interrupted = True
        notify("all", "interrupted; what was measured is kept")
    facts |= {"before": before, "during": tuple(watch.states), "after": _state(device)}
    facts["repeats_share_process"] = repeats_share_process(device)
    return RunResult(
        [
            _measurement(workload, peaks[workload.config.runtime], facts, interrupted=interrupted)
            for workload in workloads
            if workload.latencies_ms() and (workload.failure is None or workload.is_lost)
        ],
        {workload.name: workload.failure for workload in workloads if workload.failure is not None},
        interrupted,
    )


def _now_utc() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _state(device: Device) -> DeviceState:
    """Nothing is known of a device that is gone, and what was measured on it stands."""
    try:
        return device.state()
    except BenchmarkError:
        return DeviceState(at_utc=_now_utc())


def _repeat(
    device: Device, workloads: Sequence[Workload], number: int, watch: Watch, notify: Notify
) -> None:
    """One whole run of all workloads that have not failed; what a pulled cable cut short, again."""
    for returns in range(_RETURNS + 1):
        todo = [
            workload
            for workload in workloads
            if workload.failure is None and len(workload.trials) <= number
        ]
        try:
            return _run_once(device, todo, watch, notify)
        except DeviceLost as error:
            notify("all", str(error))
            if error.is_final or returns == _RETURNS:
                for workload in todo:
                    workload.failure, workload.is_lost = str(error), True
                return
            for workload in todo:
                workload.drop_unfinished()


def _run_once(device: Device, workloads: Sequence[Workload], watch: Watch, notify: Notify) -> None:
    """From loading to the last block."""
    active: list[Workload] = []
    try:
        for workload in workloads:
            if _attempt(workload, lambda workload: _open(device, workload), notify):
                active.append(workload)
        _time_in_turn(active, watch, notify)
    finally:
        for workload in workloads:
            if workload.trials:
                workload.trials[-1].process.close()


def _attempt(workload: Workload, act: Callable[[Workload], None], notify: Notify) -> bool:
    try:
        act(workload)
    except DeviceLost:
        raise
    except BenchmarkError as error:
        workload.failure = str(error)
        notify(workload.name, f"failed: {error}")
        return False
    return True


def _open(device: Device, workload: Workload) -> None:
    trial = Trial(device.open(workload.path, workload.config))
    workload.trials.append(trial)
    workload.load_info = trial.process.load_info
    trial.process.set_input(workload.pixels)
    trial.warm_up(workload.config.warmup_s)


def _time_in_turn(workloads: Sequence[Workload], watch: Watch, notify: Notify) -> None:
    """A block each, there and back again, until every workload has enough."""
    todo, forward = list(workloads), True
    while todo:
        for workload in list(todo if forward else reversed(todo)):
            trial = workload.trials[-1]
            if not _attempt(workload, Workload.time_block, notify):
                todo.remove(workload)
            elif trial.is_done(*workload.limits):
                todo.remove(workload)
                trial.is_finished = _attempt(workload, _check_answers, notify)
        watch.look()
        forward = not forward


def _check_answers(workload: Workload) -> None:
    """In every repeat, after the calls that were timed: an answer may go wrong later."""
    if workload.subject is None:
        return
    process = workload.trials[-1].process

    def answer(pixels: np.ndarray) -> np.ndarray:
        process.set_input(pixels)
        return process.logits()

    try:
        agreement = golden.check(workload.subject.golden, answer)
    except AnswersUnknown as error:  # Its times stand, and are shown as invalid.
        agreement = GoldenAgreement(cases=0, unchecked=str(error))
    if workload.agreement is None or workload.agreement.passed:
        workload.agreement = agreement


def _measurement(
    workload: Workload, peak: Workload, facts: dict[str, Any], *, interrupted: bool
) -> Measurement:
    subject, load_info = workload.subject, workload.load_info
    assert subject is not None
    assert load_info is not None
    trials = [trial for trial in workload.trials if trial.blocks]
    background = [trial.background_ms for trial in trials if trial.background_ms is not None]
    wall_ms = sum(trial.wall_ms for trial in trials)
    peak_ms = peak.latencies_ms()
    return Measurement(
        **subject.facts(),
        config=workload.config,
        runtime_version=load_info.runtime_version,
        placement=load_info.placement,
        golden=workload.agreement or GoldenAgreement(cases=0),
        background_cores=max(0.0, sum(background)) / wall_ms if background else None,
        repeats=tuple(trial.result() for trial in trials),
        peak_memory_bytes=workload.memory_bytes,
        idle_memory_bytes=load_info.idle_memory_bytes,
        peak_gmacs=LINEAR_SIZE**3 / float(np.median(peak_ms)) / 1e6 if peak_ms else None,
        energy=workload.energy,
        interrupted=interrupted or workload.is_lost,
        **facts,
    )
