"""Each rule trips on what it is for, and only that rule does."""

import numpy as np
import pytest

from irrvit.benchmark.measurement import GoldenAgreement, Placement
from irrvit.benchmark.results import validity


def timed(measurement, latencies):
    """The measurement with other latencies, the same in each repeat unless they are many."""
    repeats = tuple(
        r.model_copy(update={"blocks_ms": (tuple(map(float, part)),)})
        for r, part in zip(
            measurement.repeats, np.array_split(latencies, len(measurement.repeats)), strict=True
        )
    )
    return measurement.model_copy(update={"repeats": repeats})


def codes(measurement):
    return [(issue.code, issue.blocking) for issue in validity.check(measurement)]


def test_a_good_measurement_has_no_issue(measurement):
    assert codes(measurement) == []


def test_few_calls_block(measurement):
    assert codes(timed(measurement, [30.0] * 40)) == [("too-few-samples", True)]


def test_a_short_time_blocks(measurement):
    assert codes(timed(measurement, [0.1] * 500)) == [("too-few-samples", True)]


def test_a_measurement_without_a_call_blocks(measurement):
    assert codes(measurement.model_copy(update={"repeats": ()})) == [("too-few-samples", True)]


def test_throttling_blocks(measurement):
    latencies = np.linspace(7.0, 7.7, 500)
    assert codes(timed(measurement, latencies)) == [("throttled", True)]


def test_a_machine_that_warmed_up_while_it_was_timed_blocks(measurement):
    assert codes(timed(measurement, np.linspace(7.6, 7.0, 500))) == [("not-stationary", True)]


def test_repeats_that_disagree_block(measurement):
    parts = [np.full(100, ms) for ms in (7.0, 7.9, 7.0, 7.9, 7.0)]
    found = codes(timed(measurement, np.concatenate(parts)))
    assert ("repeats-disagree", True) in found


def test_a_median_that_is_not_known_blocks(measurement):
    generator = np.random.default_rng(0)
    latencies = np.repeat(generator.choice([6.0, 9.0], 25), 20)
    assert ("noisy", True) in codes(timed(measurement, latencies))


def test_a_background_load_blocks(measurement):
    found = codes(measurement.model_copy(update={"background_cores": 0.9}))
    assert found == [("background-load", True)]


def test_an_unknown_load_is_said(measurement):
    found = codes(measurement.model_copy(update={"background_cores": None}))
    assert found == [("load-unknown", False)]


def test_a_fast_wrong_answer_blocks(measurement):
    golden = GoldenAgreement(cases=6, failures=("cat.jpg: names class 3, the reference class 5",))
    assert codes(measurement.model_copy(update={"golden": golden})) == [("wrong-output", True)]


def test_an_answer_that_nobody_checked_blocks(measurement):
    found = codes(measurement.model_copy(update={"golden": GoldenAgreement(cases=0)}))
    assert found == [("unchecked-output", True)]


def test_falling_back_to_another_accelerator_blocks(measurement):
    config = measurement.config.model_copy(update={"accelerator": "gpu"})
    assert codes(measurement.model_copy(update={"config": config})) == [("fell-back", True)]


def test_operations_outside_the_delegate_are_said(measurement):
    placement = Placement(accelerator="cpu", nodes_total=9, nodes_delegated=7, partitions=2)
    found = codes(measurement.model_copy(update={"placement": placement}))
    assert found == [("partly-delegated", False)]


def test_an_emulator_blocks(measurement):
    device = measurement.device.model_copy(update={"emulated": True})
    assert codes(measurement.model_copy(update={"device": device})) == [("emulated", True)]


def test_answers_of_an_emulator_stand_without_a_latency(measurement):
    device = measurement.device.model_copy(update={"emulated": True})
    answers = measurement.model_copy(update={"device": device, "repeats": ()})
    assert codes(answers) == [("emulated", False)]


def test_an_interrupted_measurement_says_so(measurement):
    found = codes(measurement.model_copy(update={"interrupted": True}))
    assert found == [("interrupted", False)]


def test_many_slow_calls_are_said(measurement):
    latencies = [7.0 if i % 10 else 14.0 for i in range(500)]
    assert codes(timed(measurement, latencies)) == [("outliers", False)]


@pytest.mark.parametrize("code", ["throttled", "background-load", "too-few-samples"])
def test_what_blocks_makes_a_measurement_invalid(code):
    from irrvit.benchmark.measurement import Issue

    assert not validity.is_valid([Issue(code=code, detail="", blocking=True)])
    assert validity.is_valid([Issue(code=code, detail="", blocking=False)])


@pytest.mark.parametrize(("equal", "found"), [(True, [("equals-cpu", True)]), (False, [])])
def test_a_gpu_that_rounds_as_the_cpu_does_blocks(measurement, equal, found):
    on_gpu = measurement.model_copy(
        update={
            "config": measurement.config.model_copy(update={"accelerator": "gpu"}),
            "placement": Placement(accelerator="gpu"),
            "golden": GoldenAgreement(cases=6, equals_cpu=equal),
        }
    )
    assert codes(on_gpu) == found


def with_config(measurement, **changes):
    return measurement.model_copy(update={"config": measurement.config.model_copy(update=changes)})


def with_state(measurement, when, **changes):
    state = measurement.before.model_copy(update=changes)
    return measurement.model_copy(update={when: (state,) if when == "during" else state})


@pytest.mark.parametrize("when", ["before", "during", "after"])
def test_a_device_that_says_it_slowed_itself_down_blocks(measurement, when):
    hot = with_state(measurement, when, thermal_status="moderate")
    assert codes(hot) == [("throttled", True)]
    assert codes(with_state(measurement, when, thermal_status="none")) == []


def test_a_start_above_the_temperature_that_was_asked_for_blocks(measurement):
    asked = with_config(measurement, start_below_c=37)
    assert codes(with_state(asked, "before", temperature_c=37.0)) == [("started-warm", True)]
    assert codes(with_state(asked, "before", temperature_c=36.9)) == []


def test_charging_and_a_dark_screen_are_remarks(measurement):
    assert codes(with_state(measurement, "after", charging=True)) == [("charging", False)]
    assert codes(with_state(measurement, "before", is_screen_on=False)) == [("screen-off", False)]


def test_values_that_are_means_count_their_calls_and_are_told(measurement):
    repeats = tuple(
        r.model_copy(update={"blocks_ms": ((7.0,), (7.01,), (7.02,)), "calls_per_value": 20})
        for r in measurement.repeats
    )
    means = measurement.model_copy(update={"repeats": repeats})
    assert codes(means) == [("means", False)]


def test_slowing_down_is_the_result_of_a_sustained_run_and_no_fault(measurement):
    slower = np.concatenate([np.full(9000, 10.0), np.full(9000, 20.0)])
    sustained = with_config(timed(measurement, slower), sustained_s=200)
    sustained = with_state(sustained, "after", thermal_status="severe")
    (issue,) = validity.check(sustained)
    assert (issue.code, issue.blocking) == ("sustained", False)
    assert issue.detail == "the first minute 10.00 ms a call, the last 20.00 ms: 2.00 x"
