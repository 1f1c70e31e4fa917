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

from irrvit.benchmark.device import Device
from irrvit.benchmark.errors import BenchmarkError, DeviceLost
from irrvit.benchmark.measurement import DeviceState, GoldenAgreement, Measurement, RunConfig
from irrvit.benchmark.results import golden
from irrvit.benchmark.run.conditions import Watch, settle
from irrvit.benchmark.run.isolated import compare_with_cpu, measure_energy, measure_memory
from irrvit.benchmark.run.rounds import LINEAR_SIZE, Lane, Turn, peak_lane, subject_lane
from irrvit.benchmark.subjects import Subject
from irrvit.model.progress import Notify

# How often a device may go and come back within a repeat.
_RETURNS = 3


@dataclass(frozen=True)
class Outcome:
    """What came of a run; only a file whose device went for good may be on both sides."""

    measurements: list[Measurement]
    failures: dict[str, str]
    interrupted: bool = False


def join(outcomes: Iterable[Outcome]) -> Outcome:
    """Of runs one after another; Ctrl-C ends all."""
    joined = Outcome([], {})
    for outcome in outcomes:
        joined = Outcome(
            joined.measurements + outcome.measurements,
            joined.failures | outcome.failures,
            outcome.interrupted,
        )
        if outcome.interrupted:
            break
    return joined


def run(device: Device, subjects: Sequence[Subject], config: RunConfig, notify: Notify) -> Outcome:
    """Measure the subjects in turn.

    One that dies, hangs or cannot be loaded is a failure, and the others go on. Ctrl-C and a
    device that goes for good end the run, and what was measured is kept.
    """
    lanes = [subject_lane(subject, config) for subject in subjects]
    runtimes = dict.fromkeys(subject.runtime for subject in subjects)
    peaks = {runtime: peak_lane(runtime, config) for runtime in runtimes}
    facts = {"run_id": uuid4().hex, "device": device.describe(), "started_utc": _now_utc()}
    before, interrupted = device.state(), False
    watch = Watch(device, before, notify)
    try:
        before = settle(device, config, notify)
        for number in range(config.repeats):
            notify("all", f"repeat {number + 1} of {config.repeats}")
            _repeat(device, [*lanes, *peaks.values()], number, watch, notify)
        measure_memory(device, lanes, notify)
        compare_with_cpu(device, lanes, notify)
        measure_energy(device, lanes, notify)
    except KeyboardInterrupt:
        interrupted = True
        notify("all", "interrupted; what was measured is kept")
    facts |= {"before": before, "during": tuple(watch.states), "after": _state(device)}
    return Outcome(
        [
            _measurement(lane, peaks[lane.config.runtime], facts, interrupted=interrupted)
            for lane in lanes
            if lane.latencies_ms() and (lane.failure is None or lane.is_lost)
        ],
        {lane.name: lane.failure for lane in lanes if lane.failure is not None},
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
    device: Device, lanes: Sequence[Lane], number: int, watch: Watch, notify: Notify
) -> None:
    """One whole run of all lanes that have not failed; what a pulled cable cut short, again."""
    for returns in range(_RETURNS + 1):
        todo = [lane for lane in lanes if lane.failure is None and len(lane.turns) <= number]
        try:
            return _run_once(device, todo, watch, notify)
        except DeviceLost as error:
            notify("all", str(error))
            if error.is_final or returns == _RETURNS:
                for lane in todo:
                    lane.failure, lane.is_lost = str(error), True
                return
            for lane in todo:
                lane.drop_unfinished()


def _run_once(device: Device, lanes: Sequence[Lane], watch: Watch, notify: Notify) -> None:
    """From loading to the last block."""
    active: list[Lane] = []
    try:
        for lane in lanes:
            if _attempt(lane, lambda lane: _open(device, lane), notify):
                active.append(lane)
        _time_in_turn(active, watch, notify)
    finally:
        for lane in lanes:
            if lane.turns:
                lane.turns[-1].process.close()


def _attempt(lane: Lane, act: Callable[[Lane], None], notify: Notify) -> bool:
    try:
        act(lane)
    except DeviceLost:
        raise
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


def _time_in_turn(lanes: Sequence[Lane], watch: Watch, notify: Notify) -> None:
    """A block each, there and back again, until every lane has enough."""
    todo, forward = list(lanes), True
    while todo:
        for lane in list(todo if forward else reversed(todo)):
            turn = lane.turns[-1]
            if not _attempt(lane, Lane.time_block, notify):
                todo.remove(lane)
            elif turn.is_done(*lane.limits):
                todo.remove(lane)
                turn.is_finished = _attempt(lane, _check_answers, notify)
        watch.look()
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


def _measurement(
    lane: Lane, peak: Lane, facts: dict[str, Any], *, interrupted: bool
) -> Measurement:
    subject, loaded = lane.subject, lane.loaded
    assert subject is not None
    assert loaded is not None
    turns = [turn for turn in lane.turns if turn.blocks]
    background = [turn.background_ms for turn in turns if turn.background_ms is not None]
    wall_ms = sum(turn.wall_ms for turn in turns)
    peak_ms = peak.latencies_ms()
    return Measurement(
        **subject.facts(),
        config=lane.config,
        runtime_version=loaded.runtime_version,
        placement=loaded.placement,
        golden=lane.agreement or GoldenAgreement(cases=0),
        background_cores=max(0.0, sum(background)) / wall_ms if background else None,
        repeats=tuple(turn.result() for turn in turns),
        peak_memory_bytes=lane.memory_bytes,
        idle_memory_bytes=loaded.idle_memory_bytes,
        peak_gmacs=LINEAR_SIZE**3 / float(np.median(peak_ms)) / 1e6 if peak_ms else None,
        energy=lane.energy,
        interrupted=interrupted or lane.is_lost,
        **facts,
    )
