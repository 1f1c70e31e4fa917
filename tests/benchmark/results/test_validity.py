"""Each rule trips on what it is for, and only that rule does."""

import numpy as np
import pytest

from irrvit.benchmark.measurement import GoldenAgreement, Issue, Placement
from irrvit.benchmark.results import stats, validity


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


@pytest.mark.parametrize(("calls", "found"), [(49, [("too-few-samples", True)]), (50, [])])
def test_fewer_than_50_calls_block(measurement, calls, found):
    assert codes(timed(measurement, [30.0] * calls)) == found


@pytest.mark.parametrize(("ms", "found"), [(1.999, [("too-few-samples", True)]), (2.0, [])])
def test_less_than_a_second_blocks(measurement, ms, found):
    assert codes(timed(measurement, [ms] * 500)) == found


def test_a_measurement_without_a_call_blocks(measurement):
    assert codes(measurement.model_copy(update={"repeats": ()})) == [("too-few-samples", True)]


def in_thirds(begin, middle, end):
    return np.concatenate([np.full(200, ms) for ms in (begin, middle, end)])


@pytest.mark.parametrize(
    ("end", "found"),
    [
        (94.9, [("not-stationary", True)]),
        (95.1, []),
        (104.9, []),
        (105.1, [("throttled", True)]),
    ],
)
def test_an_end_that_is_5_percent_slower_or_quicker_blocks(measurement, end, found):
    assert codes(timed(measurement, in_thirds(100.0, 100.0, end))) == found


def test_how_much_slower_or_quicker_the_end_is_is_said(measurement):
    details = [
        validity.check(timed(measurement, in_thirds(100.0, 100.0, end)))[0].detail
        for end in (110.0, 90.0)
    ]
    assert details == [
        "the last calls took 10% longer than the first: let it cool down, end what else runs "
        "there, and measure again",
        "the last calls took 10% less than the first: end what else runs there, and measure again",
    ]


@pytest.mark.parametrize(("slow", "found"), [(7.69, []), (7.71, [("repeats-disagree", True)])])
def test_repeats_whose_medians_differ_by_10_percent_block(measurement, slow, found):
    parts = [np.full(100, ms) for ms in (7.0, slow, 7.0, slow, 7.0)]
    noisy = ("noisy", True)  # Half of its interval is as much as its repeats differ.
    assert [c for c in codes(timed(measurement, np.concatenate(parts))) if c != noisy] == found


@pytest.mark.parametrize(("half", "noisy"), [(0.0499, False), (0.0501, True)])
def test_a_median_that_is_known_to_5_percent_only_blocks(measurement, half, noisy):
    noise = np.random.default_rng(0).uniform(-1, 1, 501)
    noise -= np.median(noise)
    # An interval grows with the noise, in proportion.
    low, high = stats.median_interval([part.tolist() for part in np.array_split(noise, 5)])
    latencies = 7.0 * (1 + 2 * half / (high - low) * noise)
    assert (("noisy", True) in codes(timed(measurement, latencies))) is noisy


@pytest.mark.parametrize(
    ("cores", "found"), [(0.0, []), (0.2, []), (0.21, [("background-load", True)])]
)
def test_others_that_kept_over_a_fifth_of_a_core_busy_block(measurement, cores, found):
    assert codes(measurement.model_copy(update={"background_cores": cores})) == found


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


@pytest.mark.parametrize(
    ("accelerator", "ran", "found"),
    [("cpu", 1, [("fell-back", True)]), ("cpu", 2, []), ("cpu", None, []), ("gpu", 1, [])],
)
def test_other_threads_of_the_cpu_than_were_asked_for_block(measurement, accelerator, ran, found):
    config = measurement.config.model_copy(update={"threads": 2, "accelerator": accelerator})
    placed = measurement.placement.model_copy(update={"threads": ran, "accelerator": accelerator})
    assert codes(measurement.model_copy(update={"config": config, "placement": placed})) == found


@pytest.mark.parametrize(
    ("total", "delegated", "found"),
    [
        (9, 9, []),
        (9, 8, [("partly-delegated", False)]),
        (9, 0, [("partly-delegated", False)]),
        (9, None, []),
        (None, 0, []),
    ],
)
def test_operations_outside_the_delegate_are_said(measurement, total, delegated, found):
    placement = Placement(accelerator="cpu", nodes_total=total, nodes_delegated=delegated)
    assert codes(measurement.model_copy(update={"placement": placement})) == found


def test_how_many_operations_are_left_is_said(measurement):
    placement = Placement(accelerator="cpu", nodes_total=9, nodes_delegated=7, partitions=2)
    (issue,) = validity.check(measurement.model_copy(update={"placement": placement}))
    assert issue.detail == ("2 of 9 operations run in slow reference kernels, between 2 partitions")


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


@pytest.mark.parametrize(("slow", "found"), [(25, []), (26, [("outliers", False)])])
def test_over_5_percent_of_slow_calls_are_said(measurement, slow, found):
    latencies = np.full(500, 7.0)
    latencies[np.linspace(0, 499, slow).astype(int)] = 14.0
    assert codes(timed(measurement, latencies)) == found


@pytest.mark.parametrize("code", ["throttled", "background-load", "too-few-samples"])
def test_what_blocks_makes_a_measurement_invalid(code):
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


def test_repeats_of_one_process_are_a_remark_and_a_single_one_is_none(measurement):
    shared = measurement.model_copy(update={"repeats_share_process": True})
    assert len(shared.repeats) > 1
    assert codes(shared) == [("one-process", False)]
    single = shared.model_copy(update={"repeats": shared.repeats[:1]})
    assert ("one-process", False) not in codes(single)


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


@pytest.mark.parametrize(
    ("repeat_calls", "found"),
    [(50, [("means", False)]), (49, [("too-few-samples", True), ("means", False)])],
)
def test_calls_and_time_of_means_are_those_of_all_their_calls(measurement, repeat_calls, found):
    """One value of a repeat is the mean of that many calls of 20.5 ms."""
    (repeat,) = measurement.repeats[:1]
    mean = repeat.model_copy(
        update={"blocks_ms": ((20.5,),), "calls_per_value": repeat_calls, "own_cpu_ms": None}
    )
    assert codes(measurement.model_copy(update={"repeats": (mean,)})) == found
