"""What is invalid for the machine's sake says what to do; what is only strange is remarked."""

import numpy as np
import pytest

from irrvit.benchmark.measurement import GoldenAgreement
from irrvit.benchmark.results import validity


def slowing(measurement, factor):
    """The same calls, each taking that much longer than the one before it."""
    latencies = 7.0 * np.cumprod(np.full(600, factor))
    repeats = [
        repeat.model_copy(update={"blocks_ms": (tuple(part),)})
        for repeat, part in zip(
            measurement.repeats, np.array_split(latencies, len(measurement.repeats)), strict=True
        )
    ]
    return measurement.model_copy(update={"repeats": tuple(repeats)})


def began(measurement, **state):
    config = measurement.config.model_copy(update={"start_below_c": 37.0})
    before = measurement.before.model_copy(update=state)
    return measurement.model_copy(update={"config": config, "before": before})


MACHINES = {
    "background-load": lambda m: m.model_copy(update={"background_cores": 1.5}),
    "throttled": lambda m: slowing(m, 1.001),
    "not-stationary": lambda m: slowing(m, 0.999),
    "repeats-disagree": lambda m: slowing(m, 1.001),
    "noisy": lambda m: slowing(m, 1.001),
    "started-warm": lambda m: began(m, temperature_c=41.0),
    "too-few-samples": lambda m: m.model_copy(
        update={"repeats": (m.repeats[0].model_copy(update={"blocks_ms": ((7.0,) * 49,)}),)}
    ),
}


@pytest.mark.parametrize("code", MACHINES)
def test_a_number_that_is_invalid_for_the_machines_sake_says_what_to_do(measurement, code):
    issues = {issue.code: issue for issue in validity.check(MACHINES[code](measurement))}
    assert issues[code].blocking
    _, colon, advice = issues[code].detail.partition(": ")
    assert colon
    assert any(word in advice for word in ("end what else runs there", "--start-below", "--iter"))


def test_what_a_busy_machine_is_told(measurement):
    (issue,) = validity.check(MACHINES["background-load"](measurement))
    assert issue.detail == (
        "others kept 1.5 cores busy meanwhile: end what else runs there, and measure again"
    )


def test_a_device_that_slows_itself_down_is_to_cool(measurement):
    hot = measurement.after.model_copy(update={"thermal_status": "severe"})
    (issue,) = validity.check(measurement.model_copy(update={"after": hot}))
    assert issue.detail == (
        "the device slowed itself down (status 'severe'): let it cool down, and measure again off "
        "its charger"
    )


@pytest.mark.parametrize(
    ("threads", "cores", "detail"),
    [
        (2, 2, None),
        (3, 2, "3 threads on 2 cores wait for each other: ask for 2 at most"),
        (2, 1, "2 threads on 1 core wait for each other: ask for 1 at most"),
        (64, 0, None),  # A phone that hides how many it has.
    ],
)
def test_more_threads_than_cores_are_remarked(measurement, threads, cores, detail):
    asked = measurement.model_copy(
        update={
            "config": measurement.config.model_copy(update={"threads": threads}),
            "device": measurement.device.model_copy(update={"cores": cores}),
        }
    )
    found = [(issue.code, issue.detail, issue.blocking) for issue in validity.check(asked)]
    assert found == ([("more-threads-than-cores", detail, False)] if detail else [])


@pytest.mark.parametrize(
    ("celsius", "codes"),
    [(36.9, []), (37.0, ["started-warm"]), (None, ["heat-unknown"])],
)
def test_a_start_at_a_temperature_that_nobody_knows_is_remarked(measurement, celsius, codes):
    found = validity.check(began(measurement, temperature_c=celsius))
    assert [issue.code for issue in found] == codes


def test_why_answers_could_not_be_compared_is_said(measurement):
    golden = GoldenAgreement(cases=0, unchecked="this tool cannot write what a file answers")
    (issue,) = validity.check(measurement.model_copy(update={"golden": golden}))
    assert (issue.code, issue.blocking) == ("unchecked-output", True)
    assert issue.detail == "this tool cannot write what a file answers"
