"""The order of a run, its faults and Ctrl-C, on a device that obeys a script."""

from typing import Any

import numpy as np
import pytest

from irrvit.benchmark.errors import DeviceLost
from irrvit.benchmark.measurement import DeviceState, RunConfig
from irrvit.benchmark.results import validity
from irrvit.benchmark.run import rounds
from irrvit.benchmark.run.rounds import RunResult

CONFIG = RunConfig(runtime="litert", iterations=50, seconds=1.0, repeats=3, settle_s=0)
LOGITS = np.array([0.0, 5.0, 1.0])
WRONG = np.array([0.0, 1.0, 5.0])


def test_a_run_gives_a_valid_measurement_with_all_that_belongs_to_it(fake):
    (measurement,) = fake.run("a").measurements
    assert validity.check(measurement) == []
    assert len(measurement.repeats) == CONFIG.repeats
    assert all(len(repeat.latencies_ms) >= CONFIG.iterations for repeat in measurement.repeats)
    assert all(sum(repeat.latencies_ms) >= 1000 * CONFIG.seconds for repeat in measurement.repeats)
    assert (measurement.peak_memory_bytes, measurement.idle_memory_bytes) == (2000, 1000)
    assert measurement.peak_gmacs == pytest.approx(1024**3 / 10 / 1e6)
    assert fake.open_processes == []


def test_an_app_that_nobody_can_start_anew_is_said_to_share_its_process(fake):
    assert not fake.run("a").measurements[0].repeats_share_process
    fake.REPEATS_SHARE_PROCESS = True
    assert fake.run("a").measurements[0].repeats_share_process


def test_files_are_timed_in_turn_there_and_back_again(fake):
    fake.run("a", "b", config=CONFIG.model_copy(update={"repeats": 1}))
    blocks = [path for path, calls in fake.events if calls == 10]
    assert "".join(path[0] for path in blocks if path in "ab")[:8] == "abbaabba"


def test_a_process_that_dies_is_a_failure_and_the_others_go_on(fake):
    fake.dies_at["b"] = 40
    result = fake.run("a", "b", "c")
    assert [m.variant for m in result.measurements] == ["a", "c"]
    assert list(result.failures.values()) == ["its process died (SIGSEGV)"]
    assert all(len(m.repeats) == CONFIG.repeats for m in result.measurements)
    assert fake.open_processes == []


def test_a_file_that_cannot_be_loaded_is_a_failure_and_the_others_go_on(fake):
    result = fake.run("corrupt", "a")
    assert [m.variant for m in result.measurements] == ["a"]
    assert list(result.failures.values()) == ["its runtime says: not a model"]


def test_ctrl_c_keeps_what_was_measured(fake):
    fake.dies_at["a"], fake.fault = 30, KeyboardInterrupt()
    result = fake.run("a", "b")
    assert result.interrupted
    assert {m.variant for m in result.measurements} == {"a", "b"}
    assert all(m.interrupted and m.latencies_ms for m in result.measurements)
    assert fake.open_processes == []


def test_a_wrong_answer_makes_a_measurement_invalid(fake):
    fake.logits["a"] = WRONG
    (measurement,) = fake.run("a").measurements
    issues = validity.check(measurement)
    assert [issue.code for issue in issues if issue.blocking] == ["wrong-output"]


def test_a_run_that_ends_before_its_answers_are_looked_at_is_unchecked(fake):
    fake.dies_at["a"], fake.fault = 12, KeyboardInterrupt()
    (measurement,) = fake.run("a").measurements
    issues = validity.check(measurement)
    assert "unchecked-output" in [issue.code for issue in issues]


@pytest.mark.parametrize("when", [0, 1, 2])
def test_an_answer_that_is_wrong_in_one_repeat_is_wrong(fake, when):
    fake.logits["a"] = [WRONG if repeat == when else LOGITS for repeat in range(CONFIG.repeats)]
    (measurement,) = fake.run("a").measurements
    assert fake.logits["a"] == []
    assert [issue.code for issue in validity.check(measurement)] == ["wrong-output"]


@pytest.mark.parametrize(("background_ms", "cores"), [(10.0, 0.1), (-10.0, 0.0), (None, None)])
def test_what_others_took_is_a_share_of_the_time_of_the_blocks(fake, background_ms, cores):
    """Blocks of ten calls take 100 ms."""
    fake.background_ms = background_ms
    (measurement,) = fake.run("a").measurements
    assert measurement.background_cores == (cores if cores is None else pytest.approx(cores))


def test_the_measurements_of_a_run_say_that_they_are_of_one(fake):
    first, second = fake.run("a", "b").measurements
    (other,) = fake.run("a").measurements
    assert first.run_id == second.run_id != other.run_id
    assert (first.started_utc, first.before) == (second.started_utc, second.before)


def test_each_repeat_is_said(fake):
    fake.run("a")
    repeats = [stage for name, stage in fake.said if name == "all" and stage.startswith("repeat")]
    assert repeats == ["repeat 1 of 3", "repeat 2 of 3", "repeat 3 of 3"]


@pytest.mark.parametrize(("times", "failed"), [(3, False), (4, True)])
def test_a_device_may_come_back_three_times_in_a_repeat(fake, times, failed):
    left = iter(range(times - 1))
    fake.dies_at["b"], fake.fault = 40, DeviceLost("the cable is loose")
    fake.on_fault = lambda: fake.dies_at.clear() if next(left, None) is None else None
    result = fake.run("a", "b")
    assert bool(result.failures) is failed
    assert {m.interrupted for m in result.measurements} == {failed}


def test_a_device_that_goes_and_comes_back_is_gone_on_with_and_nothing_is_lost(fake):
    fake.dies_at["b"], fake.fault = 40, DeviceLost("the cable is loose")
    fake.on_fault = lambda: fake.dies_at.clear()
    result = fake.run("a", "b")
    assert result.failures == {}
    assert [len(m.repeats) for m in result.measurements] == [CONFIG.repeats] * 2
    assert all(validity.check(m) == [] for m in result.measurements)
    assert fake.open_processes == []


def test_a_device_that_goes_for_good_leaves_what_was_measured_and_a_failure(fake):
    fake.dies_at["b"], fake.fault = 40, DeviceLost("it did not come back", is_final=True)
    result = fake.run("a", "b")
    assert set(result.failures.values()) == {"it did not come back"}
    assert {m.variant for m in result.measurements} == {"a", "b"}
    assert all(m.interrupted and m.latencies_ms for m in result.measurements)
    assert not result.interrupted


def test_a_device_that_cannot_even_say_how_it_is_at_the_end_loses_nothing(fake):
    calls = []

    def state():
        calls.append(1)
        if len(calls) > 2:
            raise DeviceLost("gone")
        return DeviceState(load=0.0, at_utc="2026-01-01T00:00:00+00:00")

    fake.state = state
    (measurement,) = fake.run("a").measurements
    assert measurement.after.load is None


def test_a_file_that_is_given_twice_is_measured_twice(fake):
    first, second = fake.run("a", "a").measurements
    assert len(first.latencies_ms) == len(second.latencies_ms)


def test_a_runtime_without_its_linear_layer_has_no_peak_and_is_measured_all_the_same(fake):
    fake.unloadable = ("linear:1024",)
    result = fake.run("a")
    assert result.failures == {}
    assert result.measurements[0].peak_gmacs is None


@pytest.mark.parametrize(("on_gpu", "equal"), [(1.0, True), (1.0 + 1e-15, False)])
def test_another_accelerator_is_compared_with_the_cpu_to_the_last_bit(fake, on_gpu, equal):
    opened = fake.open

    def open(path, config):
        process = opened(path, config)
        factor = on_gpu if config.accelerator == "gpu" else 1.0
        process.logits = lambda: LOGITS * factor
        return process

    fake.open = open
    config = CONFIG.model_copy(update={"accelerator": "gpu"})
    (measurement,) = fake.run("a", config=config).measurements
    assert measurement.golden.equals_cpu is equal


def test_the_cpu_is_not_compared_with_itself(fake):
    (measurement,) = fake.run("a").measurements
    assert measurement.golden.equals_cpu is None


def results(*numbers: Any, interrupted=()):
    """Results of runs; measurements are numbers here, which is all the same to joining them."""
    for number in numbers:
        yield RunResult([number], {f"file {number}": "died"}, number in interrupted)


def joined(*numbers: Any, interrupted: bool):
    return RunResult([*numbers], {f"file {number}": "died" for number in numbers}, interrupted)


def test_results_are_joined_in_their_order():
    assert rounds.join(results(1, 2)) == joined(1, 2, interrupted=False)


def test_ctrl_c_in_one_run_keeps_the_next_from_starting():
    runs = results(1, 2, 3, interrupted={2})
    assert rounds.join(runs) == joined(1, 2, interrupted=True)
    assert next(runs, None) is not None
