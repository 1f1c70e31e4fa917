"""What a process is timed at: its warm-up, its blocks, and when it has enough."""

from typing import Any, cast

import numpy as np
import pytest

from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.measurement import Placement, Repeat, RunConfig
from irrvit.benchmark.results.golden import GoldenPicture
from irrvit.benchmark.run import workload
from irrvit.benchmark.run.workload import Trial, Workload, peak_workload, subject_workload
from irrvit.benchmark.subject import Subject


class Process:
    """Calls take as long as the script says, the last time for ever; `asked` has all requests."""

    load_info = LoadInfo(20.0, "fake 1", Placement(accelerator="cpu"), 1000)

    def __init__(self, *script, **block):
        self.script, self.block, self.asked = list(script), block, []

    def time(self, calls, *, untimed=0):
        self.asked.append((calls, untimed))
        ms = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        facts: Any = {"own_cpu_ms": 2.0, "wall_ms": 3.0, "background_ms": 0.5}
        return TimedBlock((ms,) * calls, **facts | self.block)


def trial(*script, **block):
    process = Process(*script, **block)
    return Trial(cast(Any, process)), process


@pytest.fixture
def clock(monkeypatch):
    """A second passes with each look at it."""

    class Clock:
        now = 0.0

        def perf_counter(self):
            self.now += 1.0
            return self.now

    monkeypatch.setattr(workload, "time", Clock())


def test_it_is_warmed_up_until_three_blocks_are_alike(clock):
    warming, process = trial(50.0, 10.0, 9.0, 8.0, 8.0, 8.1)
    warming.warm_up(60.0)
    assert warming.first_ms == 50.0
    # The first call alone; then five in each block, since half a block would be one.
    assert process.asked == [(1, 0), *[(5, 0)] * 5]
    assert warming.result().warmup == 25


@pytest.mark.parametrize(("limit_s", "blocks"), [(0.0, 1), (1.5, 1), (3.5, 3)])
def test_a_warm_up_ends_at_its_limit_and_has_a_block_at_least(clock, limit_s, blocks):
    warming, _ = trial(50.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0, 4.0, 3.0, 2.0)
    warming.warm_up(limit_s)
    assert len(warming.warmup) == blocks


def test_a_block_is_as_long_as_the_latest_latencies_say():
    timing, process = trial(10.0, 20.0, 50.0)
    timing.warmup = [(99.0,), (12.5, 12.5, 90.0)]
    for _ in range(3):
        timing.time_block()
    # 100 ms of 12.5 ms, then of 10 ms, then of 20 ms; two calls before each are not timed.
    assert process.asked == [(8, 2), (10, 2), (5, 2)]
    assert [len(block) for block in timing.blocks] == [8, 10, 5]


def test_what_the_blocks_took_is_added_up():
    timing, _ = trial(10.0)
    timing.warmup = [(10.0,)]
    timing.time_block()
    timing.time_block()
    assert (timing.own_cpu_ms, timing.wall_ms, timing.background_ms) == (4.0, 6.0, 1.0)


@pytest.mark.parametrize("unknown", ["own_cpu_ms", "background_ms"])
def test_of_what_is_not_known_of_one_block_the_sum_is_not_known(unknown):
    timing, process = trial(10.0, **{unknown: None})
    timing.warmup = [(10.0,)]
    timing.time_block()
    process.block = {}
    timing.time_block()
    assert getattr(timing, unknown) is None


@pytest.mark.parametrize(
    ("calls", "seconds", "done"), [(40, 0.8, True), (41, 0.8, False), (40, 0.801, False)]
)
def test_a_mean_of_several_calls_counts_as_all_of_them(calls, seconds, done):
    """Ten values of 20 ms, each the mean of four calls: 40 calls, 0.8 s."""
    timing, _ = trial(20.0, calls_per_value=4)
    timing.warmup = [(10.0,)]
    timing.time_block()
    assert len(timing.blocks[0]) == 10
    assert timing.is_done(calls, seconds) is done
    assert timing.result().calls_per_value == 4


def test_a_repeat_has_all_that_was_found_out():
    timing, _ = trial(30.0, 20.0)
    timing.first_ms, timing.warmup = 30.0, [(25.0,) * 3, (20.0,) * 4]
    timing.time_block()
    timing.time_block()
    assert timing.result() == Repeat(
        load_ms=20.0,
        first_ms=30.0,
        warmup=7,
        blocks_ms=((30.0,) * 5, (20.0,) * 3),
        calls_per_value=1,
        own_cpu_ms=4.0,
    )


CONFIG = RunConfig(runtime="torch", iterations=60, seconds=1.5, seed=4)
PICTURE = GoldenPicture("cat.jpg", np.ones((1, 2, 2, 3)), (1,), (5.0,), 1e-4)
SUBJECT = Subject("net", "net.tflite", "tflite", "fp32", "litert", "ab", 1, 10**6, (PICTURE,))


def sustained(config):
    return config.model_copy(update={"sustained_s": 200.0})


@pytest.mark.parametrize(
    ("config", "limits"), [(CONFIG, (60, 1.5)), (sustained(CONFIG), (60, 200))]
)
def test_a_file_is_timed_for_as_long_as_was_asked_for(config, limits):
    assert subject_workload(SUBJECT, config).limits == limits


def test_ten_calls_do_for_the_peak_however_long_a_run_is():
    assert peak_workload("litert", CONFIG).limits == (10, 0.0)
    assert peak_workload("litert", sustained(CONFIG)).limits == (10, 0.0)


@pytest.mark.parametrize(
    ("made", "calls"),
    [
        (subject_workload(SUBJECT, CONFIG), 10),
        (subject_workload(SUBJECT, sustained(CONFIG)), 200),
        (peak_workload("litert", sustained(CONFIG)), 10),
    ],
)
def test_blocks_of_a_sustained_run_take_two_seconds(made, calls):
    timing, process = trial(10.0)
    timing.warmup = [(10.0,)]
    made.trials.append(timing)
    made.time_block()
    assert process.asked == [(calls, 2)]


def test_a_file_is_measured_in_its_own_runtime_on_its_picture():
    made = subject_workload(SUBJECT, CONFIG)
    assert (made.name, made.path) == ("net tflite-fp32 litert", "net.tflite")
    assert made.config == CONFIG.model_copy(update={"runtime": "litert"})
    assert made.pixels is PICTURE.pixels


def test_the_peak_is_of_a_linear_layer_on_numbers_that_the_seed_decides():
    made, again = (peak_workload("litert", CONFIG) for _ in range(2))
    other = peak_workload("litert", CONFIG.model_copy(update={"seed": 5}))
    assert (made.name, made.path) == ("peak of litert", "linear:1024")
    assert (made.pixels.shape, made.pixels.dtype) == ((1024, 1024), np.float32)
    assert np.array_equal(made.pixels, again.pixels)
    assert not np.array_equal(made.pixels, other.pixels)


@pytest.mark.parametrize(("finished", "left"), [(True, 2), (False, 1)])
def test_only_a_trial_that_was_cut_short_is_forgotten(finished, left):
    made = Workload("a", "a", CONFIG, np.zeros(1))
    made.drop_unfinished()
    made.trials = [trial(1.0)[0], trial(1.0)[0]]
    made.trials[0].is_finished, made.trials[1].is_finished = True, finished
    made.drop_unfinished()
    assert len(made.trials) == left


def test_latencies_are_those_of_all_blocks_of_all_trials_in_their_order():
    made = Workload("a", "a", CONFIG, np.zeros(1), trials=[trial(1.0)[0], trial(1.0)[0]])
    made.trials[0].blocks, made.trials[1].blocks = [(1.0, 2.0), (3.0,)], [(4.0,)]
    assert made.latencies_ms() == [1.0, 2.0, 3.0, 4.0]


def test_two_workloads_of_one_file_are_two_workloads():
    pair = [subject_workload(SUBJECT, CONFIG) for _ in range(2)]
    assert pair[0] != pair[1]
    assert trial(1.0)[0] != trial(1.0)[0]
