"""The statistics find what is there, and claim nothing that is not."""

import numpy as np
import pytest

from irrvit.benchmark.results import stats
from irrvit.benchmark.results.stats import Verdict

TRIALS = 100


def test_percentiles_are_those_of_all_calls():
    summary = stats.summarize(
        [[float(i) for i in range(1, 51)], [float(i) for i in range(51, 102)]]
    )
    assert (summary.n, summary.min_ms, summary.p50_ms) == (101, 1.0, 51.0)
    assert (summary.p90_ms, summary.p99_ms, summary.mean_ms) == (91.0, 100.0, 51.0)
    assert summary.low_ms < 51.0 < summary.high_ms


def test_equal_latencies_have_no_interval():
    assert stats.median_interval([[3.0] * 60]) == (3.0, 3.0)


def test_the_interval_is_the_same_for_the_same_seed(alike_neighbours):
    values = [alike_neighbours(np.random.default_rng(1), 200).tolist()]
    assert stats.median_interval(values) == stats.median_interval(values)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
def test_the_interval_holds_the_true_median_of_alike_neighbours(rho, alike_neighbours):
    held = 0
    for trial in range(TRIALS):
        values = alike_neighbours(np.random.default_rng(trial), 500, rho=rho)
        low, high = stats.median_interval([values])
        # 2 % of the calls are slow ones: the median of all lies where that of the others' 51 % is.
        held += low <= 1 + 0.02 * 0.0256 <= high
    assert held >= 88


def test_a_against_a_cannot_tell(in_turn):
    verdicts = [_compared(in_turn, trial, slower=0.0) for trial in range(TRIALS)]
    assert verdicts.count(Verdict.CANNOT_TELL) >= 95


@pytest.mark.parametrize(("slower", "verdict"), [(0.05, Verdict.FASTER), (-0.05, Verdict.SLOWER)])
def test_a_difference_of_5_percent_is_found(slower, verdict, in_turn):
    verdicts = [_compared(in_turn, trial, slower=slower) for trial in range(TRIALS)]
    assert verdicts.count(verdict) >= 90
    assert set(verdicts) <= {verdict, Verdict.CANNOT_TELL}


def _compared(in_turn, trial: int, *, slower: float) -> Verdict:
    pair = in_turn(np.random.default_rng(trial), slower=slower)
    return stats.compare_paired(*pair).verdict


def test_one_repeat_tells_nothing(in_turn):
    ours, theirs = in_turn(np.random.default_rng(0), slower=0.5, repeats=1)
    assert stats.compare_paired(ours, theirs).verdict is Verdict.CANNOT_TELL
    flat = [[ms for block in blocks for ms in block] for blocks in ours]
    assert stats.compare_unpaired(flat, flat).verdict is Verdict.CANNOT_TELL


def test_a_difference_below_the_margin_is_never_claimed():
    ours = [[[1.0] * 10] * 5] * 5
    theirs = [[[1.009] * 10] * 5] * 5
    assert stats.compare_paired(ours, theirs).verdict is Verdict.CANNOT_TELL
    theirs = [[[1.02] * 10] * 5] * 5
    assert stats.compare_paired(ours, theirs).verdict is Verdict.FASTER


def test_measurements_of_different_times_are_compared_by_repeats():
    old = [[7.00] * 9, [7.02] * 9, [6.98] * 9, [7.01] * 9]
    new = [[8.00] * 9, [8.02] * 9, [7.98] * 9, [8.01] * 9]
    compared = stats.compare_unpaired(new, old)
    assert compared.verdict is Verdict.SLOWER
    assert compared.low < 8 / 7 < compared.high


def test_noise_is_no_drift(alike_neighbours):
    found = [
        stats.drift(alike_neighbours(np.random.default_rng(trial), 500)) for trial in range(TRIALS)
    ]
    assert sum(abs(change) > 0.05 for change in found) == 0


@pytest.mark.parametrize("where", [0.4, 0.5, 0.7])
def test_a_step_of_a_throttled_machine_is_found(where, alike_neighbours):
    for trial in range(20):
        values = alike_neighbours(np.random.default_rng(trial), 500)
        values[int(where * 500) :] *= 1.2
        assert stats.drift(values) == pytest.approx(0.2, abs=0.08)


def test_a_ramp_is_found(alike_neighbours):
    for trial in range(20):
        values = alike_neighbours(np.random.default_rng(trial), 500)
        assert stats.drift(values * np.linspace(1, 1.3, 500)) == pytest.approx(0.2, abs=0.08)


def test_outliers_are_counted():
    assert stats.outliers([1.0] * 95 + [1.6] * 5) == 0.05


def test_a_machine_that_still_gets_quicker_is_not_warm():
    cooling = [[10.0], [9.0], [8.0], [7.0]]
    assert not stats.is_stationary(cooling)
    assert not stats.is_stationary([[7.0], [7.0]])
    assert stats.is_stationary([*cooling, [7.1], [7.0]])
    assert stats.is_stationary([[7.0], [9.0], [7.5], [7.0], [8.0], [8.5]])


def test_the_first_minute_is_held_against_the_last():
    assert stats.first_and_last_minute([10.0] * 6000 + [30.0] * 1000 + [20.0] * 3000) == (10, 20)


def test_a_run_of_less_than_two_minutes_is_halved():
    assert stats.first_and_last_minute([10.0, 10.0, 12.0, 12.0]) == (10, 12)
