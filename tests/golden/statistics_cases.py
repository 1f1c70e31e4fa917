"""Latencies and what is made of them: figures, and how a run goes on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.device import TimedBlock
from irrvit.benchmark.measurement import Measurement
from irrvit.benchmark.results import stats
from irrvit.benchmark.run import protocol
from irrvit.benchmark.run.workload import Trial

_ROOT = Path(__file__).resolve().parents[2]
_SEEDS = 200
_NEVER_S = 1e9


def latency_cases() -> dict[str, Any]:
    """Latencies of each repeat -> summary; the interval of the median within what seeds give."""
    generator = np.random.default_rng(11)
    steady = (8 * generator.lognormal(0, 0.03, (3, 60))).round(3).tolist()
    busy = _ROOT / "tests/benchmark/recorded/busy.jsonl"
    recorded = Measurement.model_validate_json(busy.read_text().partition("\n")[0])
    series = {
        "one call": [[12.5]],
        "two calls": [[3.0, 4.0]],
        "all alike": [[5.0] * 40],
        "independent calls": steady,
        "one slow call": [[*steady[0], 950.0]],
        "repeats of unequal length": [steady[0][:7], steady[1][:31], steady[2][:2]],
        "a busy machine": [list(repeat.latencies_ms)[:200] for repeat in recorded.repeats[:2]],
        "neighbours that are just alike enough to count": [_neighbours(0.05, 0.06)],
        "neighbours that are hardly alike": [_neighbours(0.04, 0.05)],
    }
    return {
        "figures": "within 1e-9; low_ms and high_ms are [least, most] over many seeds of Python's"
        " bootstrap: another generator's must lie in there",
        "apps": "the bootstrap of the apps draws by the generator of preprocess.json from 0: state"
        " / 2^32 of the places where a stretch may begin; low_ms and high_ms within 1e-9, and how"
        " many neighbours a stretch has",
        "cases": [
            {
                "name": name,
                "repeats": repeats,
                "expected": _summary(repeats),
                "apps": _interval_of_the_apps(repeats),
            }
            for name, repeats in series.items()
        ],
    }


def _summary(repeats: list[list[float]]) -> dict[str, Any]:
    ends = np.array([stats.median_interval(repeats, seed=seed) for seed in range(_SEEDS)])
    bounds = np.stack([ends.min(axis=0), ends.max(axis=0)], axis=1).tolist()
    summary = stats.summarize(repeats).model_dump(mode="json")
    return summary | {"low_ms": bounds[0], "high_ms": bounds[1]}


def _interval_of_the_apps(repeats: list[list[float]]) -> dict[str, Any]:
    values = np.concatenate([np.asarray(repeat) for repeat in repeats])
    length, state, medians = stats._stretch(values), 0, []
    for _ in range(stats._DRAWS):
        drawn = np.empty(0)
        while len(drawn) < len(values):
            state = (state * 1664525 + 1013904223) % 2**32
            start = state * (len(values) - length + 1) >> 32
            drawn = np.concatenate([drawn, values[start : start + length]])
        medians.append(np.median(drawn[: len(values)]))
    low, high = np.percentile(medians, [2.5, 97.5]).tolist()
    return {"stretch": length, "low_ms": low, "high_ms": high}


def _neighbours(least: float, most: float) -> list[float]:
    """Latencies whose likeness lies between these where it decides how long a stretch is."""
    for seed in itertools.count():
        noise = np.random.default_rng(seed).standard_normal(240)
        for i in range(1, len(noise)):
            noise[i] += 0.45 * noise[i - 1]
        values = (8 + 0.1 * noise).round(6)
        ranks = values.argsort().argsort() - (len(values) - 1) / 2
        alike = [float(ranks[:-lag] @ ranks[lag:] / (ranks @ ranks)) for lag in range(1, 60)]
        before = next(lag for lag, likeness in enumerate(alike) if likeness < most)
        longer, shorter = (math.floor(4 + 8 * sum(alike[:n])) for n in (before + 1, before))
        if least < alike[before] and longer > shorter and alike[before + 1] < 0.04:
            return values.tolist()
    raise AssertionError


def protocol_cases() -> dict[str, Any]:
    """What has been timed so far -> how a run goes on."""
    return {
        "protocol": "median: of a block; block: calls that make one, by the length of a call;"
        " warmup: calls of a block of the warm-up, by the length of the first call; stationary:"
        " whether the blocks of a warm-up are; enough: whether blocks, in values that are means of"
        " calls_per_value calls, have iterations and seconds; repeats: a device whose n-th call"
        " (from 0) takes max(floor_ms, start_ms - n * step_ms), asked for `asked` calls in turn.",
        "median": [
            {"values": values, "expected": float(np.median(values))}
            for values in ([4.0, 1.0, 3.0, 2.0], [3.0, 1.0, 2.0], [7.5])
        ],
        "block": _by_length(
            protocol.calls_of_block,
            # 40 ms and 200 / 3 ms: a half is rounded to the even number of calls.
            (0.05, 0.1, 0.1002, 0.2, 2.0, 28.5, 28.6, 40.0, 66.6, 66.7, 100.0, 250.0),
        ),
        "warmup": _by_length(protocol.calls_of_warmup, (0.05, 1.0, 8.0, 8.6, 9.2, 50.0, 500.0)),
        "stationary": _stationary_cases(),
        "enough": _enough_cases(),
        "repeats": [_played(name, **device) for name, device in _DEVICES.items()],
    }


def _by_length(calls: Callable[[float], int], lengths_ms: tuple[float, ...]) -> list[Any]:
    return [{"call_ms": ms, "calls": calls(ms)} for ms in lengths_ms]


def _stationary_cases() -> list[dict[str, Any]]:
    series = {
        "no block yet": [],
        "two are too few": [10.0, 10.0],
        "three alike": [10.0, 10.1, 10.2],
        "almost 3 % apart": [10.0, 10.29, 10.1],
        "more than 3 % apart": [10.0, 10.31, 10.1],
        "the slowest first": [10.31, 10.0, 10.1],
        "the earlier ones do not count": [50.0, 30.0, 10.0, 10.1, 10.2],
        "five that get no quicker": [9.0, 9.0, 10.0, 12.0, 11.0],
        "six that get no quicker": [9.0, 9.0, 9.0, 10.0, 12.0, 11.0],
        "six, and the last as quick as the last but two": [9.0, 9.0, 9.0, 10.0, 12.0, 10.0],
        "six that still get quicker": [20.0, 15.0, 12.0, 11.0, 10.5, 10.0],
    }
    return [
        {
            "name": name,
            # One slow call in a block is not its median.
            "blocks": (blocks := [[ms, ms, 9 * ms] for ms in medians]),
            "expected": stats.is_stationary(blocks),
        }
        for name, medians in series.items()
    ]


def _enough_cases() -> list[dict[str, Any]]:
    wanted = {"iterations": 4, "seconds": 1.0}
    blocks = {
        "calls and seconds": ([[250.0, 250.0], [250.0, 250.0]], 1),
        "a call too few": ([[250.0, 250.0], [500.0]], 1),
        "a little too short": ([[250.0, 250.0], [250.0, 249.5]], 1),
        "values that are means of two calls": ([[250.0], [250.0]], 2),
        "means of two calls, a little too short": ([[250.0], [249.5]], 2),
        "nothing yet": ([], 1),
    }
    return [
        {
            "name": name,
            "blocks": block,
            "calls_per_value": each,
            **wanted,
            "expected": protocol.is_enough(block, each, **wanted),
        }
        for name, (block, each) in blocks.items()
    ]


# Dyadic numbers: sums of them are the same in any order.
_DEVICES: dict[str, dict[str, float]] = {
    "steady": {"start_ms": 8.0, "step_ms": 0.0, "floor_ms": 8.0},
    "gets quicker for a while": {"start_ms": 24.0, "step_ms": 0.125, "floor_ms": 9.5},
    "quick, so that the seconds decide": {"start_ms": 0.25, "step_ms": 0.0, "floor_ms": 0.25},
    "slow, so that the calls decide": {"start_ms": 160.0, "step_ms": 0.0, "floor_ms": 160.0},
    "no time to warm up": {
        "start_ms": 24.0,
        "step_ms": 0.125,
        "floor_ms": 9.5,
        "warmup_s": 0.0,
    },
}


class _PlayedProcess:
    """A process whose calls take as long as they are told."""

    def __init__(self, start_ms: float, step_ms: float, floor_ms: float):
        self._length = lambda n: max(floor_ms, start_ms - n * step_ms)
        self._done, self.asked = 0, list[int]()

    def time(self, calls: int, *, untimed: int = 0) -> TimedBlock:
        if untimed:
            self.time(untimed)
        self.asked.append(calls)
        latencies = tuple(self._length(self._done + i) for i in range(calls))
        self._done += calls
        total = sum(latencies)
        return TimedBlock(latencies, own_cpu_ms=total, wall_ms=total, background_ms=None)


def _played(name: str, warmup_s: float = _NEVER_S, **device: float) -> dict[str, Any]:
    process = _PlayedProcess(**device)
    trial = Trial(process)  # pyright: ignore[reportArgumentType]  # All that it asks of it.
    trial.warm_up(warmup_s)
    while not trial.blocks or not trial.is_done(50, 1.0):
        trial.time_block()
    return {
        "name": name,
        **device,
        "config": {"iterations": 50, "seconds": 1.0, "warmup_s": warmup_s},
        "asked": process.asked,
        "first_ms": trial.first_ms,
        "warmup": sum(map(len, trial.warmup)),
        "blocks": [len(block) for block in trial.blocks],
        "total_ms": sum(map(sum, trial.blocks)),
    }
