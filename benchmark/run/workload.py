"""What a run knows of one file while it measures: its process in each repeat, and all blocks."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import numpy as np

from irrvit.benchmark.device import LoadInfo, Process
from irrvit.benchmark.measurement import Energy, GoldenAgreement, Repeat, RunConfig
from irrvit.benchmark.results import stats
from irrvit.benchmark.run import protocol
from irrvit.benchmark.subject import Subject

# A device that is to get warm has no time to rest between blocks.
_SUSTAINED_BLOCK_MS = 2000.0
# Fewer calls do for the device's own peak: one layer, and no percentile is taken of it.
LINEAR_SIZE, _LINEAR_CALLS = 1024, 10


@dataclass(eq=False)  # Two workloads of one file are two workloads.
class Trial:
    """One process in one repeat, and what it has been timed at so far."""

    process: Process
    first_ms: float = 0.0
    warmup: list[tuple[float, ...]] = field(default_factory=list)
    blocks: list[tuple[float, ...]] = field(default_factory=list)
    own_cpu_ms: float | None = 0.0
    wall_ms: float = 0.0
    background_ms: float | None = 0.0
    calls_per_value: int = 1
    is_finished: bool = False

    def warm_up(self, limit_s: float) -> None:
        """Call until the latencies are stationary, or the limit is reached."""
        self.first_ms = self.process.time(1).latencies_ms[0]
        calls = protocol.calls_of_warmup(self.first_ms)
        end = time.perf_counter() + limit_s
        while not stats.is_stationary(self.warmup) and (
            time.perf_counter() < end or not self.warmup
        ):
            self.warmup.append(self.process.time(calls).latencies_ms)

    def time_block(self, block_ms: float = protocol.BLOCK_MS) -> None:
        latest = self.blocks[-1] if self.blocks else self.warmup[-1]
        calls = protocol.calls_of_block(float(np.median(latest)), block_ms)
        timed = self.process.time(calls, untimed=protocol.UNTIMED_CALLS)
        self.blocks.append(timed.latencies_ms)
        self.calls_per_value = timed.calls_per_value
        self.wall_ms += timed.wall_ms
        self.own_cpu_ms = _plus(self.own_cpu_ms, timed.own_cpu_ms)
        self.background_ms = _plus(self.background_ms, timed.background_ms)

    def is_done(self, calls: int, seconds: float) -> bool:
        return protocol.is_enough(
            self.blocks, self.calls_per_value, iterations=calls, seconds=seconds
        )

    def result(self) -> Repeat:
        return Repeat(
            load_ms=self.process.load_info.load_ms,
            first_ms=self.first_ms,
            warmup=sum(map(len, self.warmup)),
            blocks_ms=tuple(self.blocks),
            calls_per_value=self.calls_per_value,
            own_cpu_ms=self.own_cpu_ms,
        )


def _plus(sum_ms: float | None, more_ms: float | None) -> float | None:
    return None if sum_ms is None or more_ms is None else sum_ms + more_ms


@dataclass(eq=False)  # Two workloads of one file are two workloads.
class Workload:
    """One file, or the device's own peak in a runtime, through all repeats."""

    name: str
    path: str
    config: RunConfig
    pixels: np.ndarray
    subject: Subject | None = None
    load_info: LoadInfo | None = None
    agreement: GoldenAgreement | None = None
    trials: list[Trial] = field(default_factory=list)
    memory_bytes: int | None = None
    energy: Energy | None = None
    failure: str | None = None
    is_lost: bool = False

    @property
    def limits(self) -> tuple[int, float]:
        if self.subject is None:
            return _LINEAR_CALLS, 0.0
        return self.config.iterations, self.config.sustained_s or self.config.seconds

    def time_block(self) -> None:
        is_long = self.subject is not None and self.config.sustained_s is not None
        self.trials[-1].time_block(_SUSTAINED_BLOCK_MS if is_long else protocol.BLOCK_MS)

    def drop_unfinished(self) -> None:
        """Forget a trial that was cut short: it is done again."""
        if self.trials and not self.trials[-1].is_finished:
            self.trials.pop()

    def latencies_ms(self) -> list[float]:
        return [ms for trial in self.trials for block in trial.blocks for ms in block]


def subject_workload(subject: Subject, config: RunConfig) -> Workload:
    return Workload(
        name=subject.label,
        path=subject.path,
        config=config.model_copy(update={"runtime": subject.runtime}),
        pixels=subject.pixels,
        subject=subject,
    )


def peak_workload(runtime: str, config: RunConfig) -> Workload:
    generator = np.random.default_rng(config.seed)
    return Workload(
        name=f"peak of {runtime}",
        path=f"linear:{LINEAR_SIZE}",
        config=config.model_copy(update={"runtime": runtime}),
        pixels=generator.standard_normal((LINEAR_SIZE, LINEAR_SIZE), np.float32),
    )
