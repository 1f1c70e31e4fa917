"""What is derived from measurements, and with which exit code a call of `irrvit-bench` ends."""

import pytest

from irrvit.benchmark.measurement import GoldenAgreement
from irrvit.benchmark.results.baseline import Gate, Gated
from irrvit.benchmark.results.rows import MeasureResult, to_timed_rows, to_untimed_rows
from irrvit.benchmark.results.stats import Verdict


def scaled(measurement, factor, **changes):
    """The same with all latencies multiplied by a factor."""
    repeats = tuple(
        r.model_copy(
            update={"blocks_ms": tuple(tuple(factor * ms for ms in b) for b in r.blocks_ms)}
        )
        for r in measurement.repeats
    )
    return measurement.model_copy(update={"repeats": repeats, **changes})


@pytest.fixture
def second(measurement):
    """Of the same run: twice the MACs in half the time again."""
    return scaled(measurement, 1.5, macs=600_000_000, variant="second")


def test_the_first_of_a_run_is_held_against_nothing(measurement, second):
    first, _ = to_timed_rows([measurement, second])
    assert (first.first, first.against_first) == (None, None)
    assert (first.verdict, first.speed_against_first) == (None, None)


def test_the_others_of_a_run_are_held_against_the_first(measurement, second):
    rows = to_timed_rows([measurement, second, scaled(measurement, 0.5)])
    assert [row.first for row in rows] == [None, rows[0], rows[0]]
    assert [row.verdict for row in rows] == [None, Verdict.SLOWER, Verdict.FASTER]
    assert rows[1].against_first is not None
    assert rows[1].against_first.ratio == pytest.approx(1.5)
    assert rows[1].speed_against_first == pytest.approx(2 / 1.5)


def test_measurements_of_two_runs_are_not_held_against_each_other(measurement, second):
    rows = to_timed_rows([measurement, second.model_copy(update={"run_id": "another"})])
    assert [row.first for row in rows] == [None, None]


def test_unlike_repeats_of_an_interrupted_run_are_not_compared(measurement, second):
    cut = second.model_copy(update={"repeats": second.repeats[:-1]})
    _, row = to_timed_rows([measurement, cut])
    assert (row.against_first, row.verdict, row.speed_against_first) == (None, None, None)


@pytest.mark.parametrize("invalid", ["the first", "the second"])
def test_an_invalid_number_is_compared_with_nothing(measurement, second, invalid):
    pair = [measurement, second]
    index = ["the first", "the second"].index(invalid)
    pair[index] = pair[index].model_copy(update={"background_cores": 1.0})
    _, row = to_timed_rows(pair)
    assert row.verdict is Verdict.CANNOT_TELL


def test_speed_is_macs_by_the_median(measurement):
    flat = tuple(
        r.model_copy(update={"blocks_ms": ((5.0, 5.0, 5.0),)}) for r in measurement.repeats
    )
    (row,) = to_timed_rows([measurement.model_copy(update={"repeats": flat})])
    assert row.gmacs == pytest.approx(60.0)  # 300 MMACs in 5 ms.
    assert row.share_of_peak == pytest.approx(1.0)


def test_without_a_peak_there_is_no_share_of_it(measurement):
    (row,) = to_timed_rows([measurement.model_copy(update={"peak_gmacs": None})])
    assert row.share_of_peak is None


def test_a_measurement_is_either_timed_or_untimed(measurement):
    untimed = measurement.model_copy(update={"repeats": ()})
    pair = [measurement, untimed]
    assert [row.measurement for row in to_timed_rows(pair)] == [measurement]
    assert [row.measurement for row in to_untimed_rows(pair)] == [untimed]


WRONG = GoldenAgreement(cases=6, failures=("cat.jpg: names class 3",))


@pytest.mark.parametrize(("golden", "code"), [(GoldenAgreement(cases=6), 0), (WRONG, 1)])
def test_a_wrong_answer_without_a_time_is_a_failure(measurement, golden, code):
    device = measurement.device.model_copy(update={"emulated": True})
    answered = {"device": device, "repeats": (), "golden": golden}
    untimed = to_untimed_rows([measurement.model_copy(update=answered)])
    assert MeasureResult([], {}, untimed=untimed).exit_code == code


@pytest.mark.parametrize(
    ("changes", "problems", "gates", "interrupted", "code"),
    [
        ({}, {}, [], False, 0),
        ({}, {}, [Gate.PASSED], False, 0),
        ({"background_cores": 1.0}, {}, [], False, 1),
        ({}, {}, [Gate.PASSED, Gate.REGRESSED], False, 1),
        ({}, {}, [Gate.REGRESSED, Gate.CANNOT_TELL], False, 2),
        ({}, {}, [Gate.REFUSED], False, 2),
        ({"background_cores": 1.0}, {"net": "its process died"}, [], False, 2),
        ({}, {"net": "its process died"}, [Gate.REFUSED], True, 130),
    ],
)
def test_the_exit_code_is_that_of_the_worst(
    measurement, changes, problems, gates, interrupted, code
):
    rows = to_timed_rows([measurement.model_copy(update=changes)])
    gated = [Gated("net", gate, "") for gate in gates]
    assert MeasureResult(rows, problems, gated, interrupted).exit_code == code
