"""The order of things of a run: settle, load, warm up, time in turn, again, then memory.

All files are measured together: each in a process of its own, a block of calls each in turn, so
that what disturbs the machine disturbs all alike. Several repeats, each with new processes, since
two processes of one file differ.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import numpy as np

from irrvit.benchmark import golden
from irrvit.benchmark.device import Device
from irrvit.benchmark.errors import BenchmarkError
from irrvit.benchmark.lanes import LINEAR_SIZE, Lane, Turn, peak_lane, subject_lane
from irrvit.benchmark.measurement import DeviceState, GoldenAgreement, Measurement, RunConfig
from irrvit.benchmark.subjects import Subject

Notify = Callable[[str, str], None]
QUIET_CORES = 0.1


@dataclass(frozen=True)
class Outcome:
    """What came of a run; a file is among the measurements or among the failures."""

    measurements: list[Measurement]
    failures: dict[str, str]
    interrupted: bool = False


def run(device: Device, subjects: Sequence[Subject], config: RunConfig, notify: Notify) -> Outcome:
    """Measure the subjects in turn.

    One that dies, hangs or cannot be loaded is a failure, and the others go on. Ctrl-C ends the
    run and keeps what was measured.
    """
    lanes = [subject_lane(subject, config) for subject in subjects]
    runtimes = dict.fromkeys(subject.runtime for subject in subjects)
    peaks = {runtime: peak_lane(runtime, config) for runtime in runtimes}
    started = datetime.now(UTC).isoformat(timespec="seconds")
    before = device.state()
    interrupted = False
    try:
        before = settle(device, config.settle_s, notify)
        for number in range(config.repeats):
            notify("all", f"repeat {number + 1} of {config.repeats}")
            _repeat(device, [*lanes, *peaks.values()], notify)
        _measure_memory(device, lanes, notify)
    except KeyboardInterrupt:
        interrupted = True
        notify("all", "interrupted; what was measured is kept")
    facts = {
        "run_id": uuid4().hex,
        "device": device.describe(),
        "before": before,
        "after": device.state(),
        "interrupted": interrupted,
        "started_utc": started,
    }
    measured = [lane for lane in lanes if lane.failure is None and lane.latencies_ms()]
    return Outcome(
        [_measurement(lane, peaks[lane.config.runtime], facts) for lane in measured],
        {lane.name: lane.failure for lane in lanes if lane.failure is not None},
        interrupted,
    )


def settle(device: Device, limit_s: float, notify: Notify) -> DeviceState:
    """Wait until others leave the machine alone, but not for ever; validity judges the rest."""
    end = time.perf_counter() + limit_s
    state = device.state()
    if state.load is not None and state.load > QUIET_CORES:
        notify("all", f"waiting for a quiet machine: others keep {state.load:.1f} cores busy")
    while state.load is not None and state.load > QUIET_CORES:
        if time.perf_counter() >= end:
            notify("all", f"others keep {state.load:.1f} cores busy; going on all the same")
            return state
        state = device.state()
    notify("all", "the machine is quiet" if state.load is not None else "its load is not known")
    return state


def _repeat(device: Device, lanes: Sequence[Lane], notify: Notify) -> None:
    """One whole run of all lanes that have not failed, from loading to the last block."""
    active: list[Lane] = []
    try:
        for lane in lanes:
            if lane.failure is None and _attempt(lane, lambda lane: _open(device, lane), notify):
                active.append(lane)
        _time_in_turn(active, notify)
    finally:
        for lane in lanes:
            if lane.turns:
                lane.turns[-1].process.close()


def _attempt(lane: Lane, act: Callable[[Lane], None], notify: Notify) -> bool:
    try:
        act(lane)
    except BenchmarkError as error:
        lane.failure = str(error)
        notify(lane.name, f"failed: {error}")
        return False
    return True


def _open(device: Device, lane: Lane) -> None:
    turn = Turn(device.open(lane.path, lane.config))
    lane.turns.append(turn)
    lane.loaded = turn.process.loaded
    turn.process.set_input(lane.pixels)
    turn.warm_up(lane.config.warmup_s)


def _time_in_turn(lanes: Sequence[Lane], notify: Notify) -> None:
    """A block each, there and back again, until every lane has enough."""
    todo, forward = list(lanes), True
    while todo:
        for lane in list(todo if forward else reversed(todo)):
            turn = lane.turns[-1]
            if not _attempt(lane, lambda lane: lane.turns[-1].time_block(), notify):
                todo.remove(lane)
            elif turn.is_done(*lane.limits):
                todo.remove(lane)
                _attempt(lane, _check_answers, notify)
        forward = not forward


def _check_answers(lane: Lane) -> None:
    """In every repeat, after the calls that were timed: an answer may go wrong later."""
    if lane.subject is None:
        return
    process = lane.turns[-1].process

    def answer(pixels: np.ndarray) -> np.ndarray:
        process.set_input(pixels)
        return process.logits()

    agreement = golden.check(lane.subject.golden, answer)
    if lane.agreement is None or lane.agreement.passed:
        lane.agreement = agreement


def _measure_memory(device: Device, lanes: Sequence[Lane], notify: Notify) -> None:
    """A fresh process for each file that does nothing but load it and call it."""

    def measure(lane: Lane) -> None:
        process = device.open(lane.path, lane.config)
        try:
            process.set_input(lane.pixels)
            process.time(3)
            lane.memory_bytes = process.peak_memory_bytes()
        finally:
            process.close()

    for lane in lanes:
        if lane.failure is None and not _attempt(lane, measure, notify):
            lane.failure = None  # Its latencies stand; only the figure of its memory is missing.


def _measurement(lane: Lane, peak: Lane, facts: dict[str, Any]) -> Measurement:
    subject, loaded = lane.subject, lane.loaded
    assert subject is not None
    assert loaded is not None
    turns = [turn for turn in lane.turns if turn.blocks]
    background = [turn.background_ms for turn in turns if turn.background_ms is not None]
    wall_ms = sum(turn.wall_ms for turn in turns)
    peak_ms = peak.latencies_ms()
    return Measurement(
        artifact_sha256=subject.sha256,
        target=subject.target,
        variant=subject.name,
        precision=subject.precision,
        size_bytes=subject.size_bytes,
        macs=subject.macs,
        config=lane.config,
        runtime_version=loaded.runtime_version,
        placement=loaded.placement,
        golden=lane.agreement or GoldenAgreement(cases=0),
        background_cores=max(0.0, sum(background)) / wall_ms if background else None,
        repeats=tuple(turn.result() for turn in turns),
        peak_memory_bytes=lane.memory_bytes,
        idle_memory_bytes=loaded.idle_memory_bytes,
        peak_gmacs=LINEAR_SIZE**3 / float(np.median(peak_ms)) / 1e6 if peak_ms else None,
        **facts,
    )
