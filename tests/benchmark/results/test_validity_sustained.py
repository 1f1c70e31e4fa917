"""A sustained run shows how a device slows down: that is its result, and no fault."""

import numpy as np
import pytest

from irrvit.benchmark.results import validity


def sustained(measurement, latencies, **changes):
    """The measurement as one of a sustained run with these latencies, divided among its repeats."""
    parts = np.array_split(latencies, len(measurement.repeats))
    repeats = tuple(
        r.model_copy(update={"blocks_ms": (tuple(map(float, part)),), **changes})
        for r, part in zip(measurement.repeats, parts, strict=True)
    )
    config = measurement.config.model_copy(update={"sustained_s": 200})
    return measurement.model_copy(update={"config": config, "repeats": repeats})


def test_slowing_down_is_the_result_of_a_sustained_run_and_no_fault(measurement):
    slower = np.concatenate([np.full(9000, 10.0), np.full(9000, 20.0)])
    severe = measurement.after.model_copy(update={"thermal_status": "severe"})
    hot = sustained(measurement, slower).model_copy(update={"after": severe})
    (issue,) = validity.check(hot)
    assert (issue.code, issue.blocking) == ("sustained", False)
    assert issue.detail == "the first minute 10.00 ms a call, the last 20.00 ms: 2.00 x"


@pytest.mark.parametrize(("calls", "span"), [(11_999, "half"), (12_000, "minute")])
def test_a_sustained_run_of_less_than_two_minutes_has_halves(measurement, calls, span):
    (issue,) = validity.check(sustained(measurement, np.full(calls, 10.0)))
    assert issue.detail == f"the first {span} 10.00 ms a call, the last 10.00 ms: 1.00 x"


def test_a_sustained_run_of_means_lasted_as_long_as_all_their_calls(measurement):
    """Each value is the mean of 1000 calls: 12 of them are two minutes."""
    means = sustained(measurement, [10.0] * 6 + [20.0] * 6, calls_per_value=1000)
    *_, issue = validity.check(means)
    assert issue.detail == "the first minute 10.00 ms a call, the last 20.00 ms: 2.00 x"
