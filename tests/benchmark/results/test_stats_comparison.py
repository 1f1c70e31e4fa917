"""A difference is found where there is one, and not where it may be chance."""

import numpy as np
import pytest

from irrvit.benchmark.results import stats
from irrvit.benchmark.results.stats import Comparison, Verdict

TRIALS = 100


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


@pytest.mark.parametrize(
    ("ratio", "verdict"),
    [
        (0.9899, Verdict.FASTER),
        (0.9901, Verdict.CANNOT_TELL),
        (1.0099, Verdict.CANNOT_TELL),
        (1.0101, Verdict.SLOWER),
    ],
)
def test_a_difference_below_the_margin_is_never_claimed(ratio, verdict):
    ours, theirs = [[[ratio] * 10] * 5] * 5, [[[1.0] * 10] * 5] * 5
    assert stats.compare_paired(ours, theirs).verdict is verdict
    assert Comparison(ratio=ratio, low=ratio, high=ratio).verdict is verdict


@pytest.mark.parametrize(
    ("ratio", "low", "high", "verdict"),
    [
        (0.9, 0.8, 0.9999, Verdict.FASTER),
        (0.9, 0.8, 1.0, Verdict.CANNOT_TELL),
        (1.1, 1.0, 1.2, Verdict.CANNOT_TELL),
        (1.1, 1.0001, 1.2, Verdict.SLOWER),
    ],
)
def test_an_interval_that_holds_1_claims_nothing(ratio, low, high, verdict):
    assert Comparison(ratio=ratio, low=low, high=high).verdict is verdict


@pytest.mark.parametrize(
    ("ratio", "low", "high", "words"),
    [
        (1.0, 0.985, 1.012, "no difference above 1.5 % could hide"),
        (1.0, 0.99, 1.0301, "no difference above 3.1 % could hide"),
        (1.0, 1.0, 1.0, "no difference above 0.1 % could hide"),
        (1.0, 0.0, np.inf, "of one repeat nothing can be told: give more --repeats"),
        (1.1, 1.05, 1.15, "slower"),
        (0.9, 0.85, 0.95, "faster"),
    ],
)
def test_where_nothing_can_be_told_it_is_said_how_much_may_hide(ratio, low, high, words):
    assert Comparison(ratio=ratio, low=low, high=high).in_words == words


def test_the_interval_of_pairs_is_students():
    ours = [[[np.exp(log)] * 3] * 3 for log in (0.1, 0.2, 0.3)]
    compared = stats.compare_paired(ours, [[[1.0] * 3] * 3] * 3)
    half = 9.9248 * 0.1 / np.sqrt(3)
    found = np.log([compared.ratio, compared.low, compared.high])
    assert found == pytest.approx([0.2, 0.2 - half, 0.2 + half], abs=1e-4)


@pytest.mark.parametrize("swapped", [False, True])
def test_the_interval_of_unpaired_repeats_is_welchs_with_the_fewer_degrees_of_freedom(swapped):
    few = [[np.exp(log)] * 3 for log in (0.1, 0.2, 0.3)]
    many = [[np.exp(log)] * 3 for log in (-0.2, -0.1, 0.0, 0.1, 0.2)]
    compared = stats.compare_unpaired(many, few) if swapped else stats.compare_unpaired(few, many)
    half = 9.9248 * np.sqrt(0.1**2 / 3 + 0.025 / 5)
    middle = -0.2 if swapped else 0.2
    found = np.log([compared.ratio, compared.low, compared.high])
    assert found == pytest.approx([middle, middle - half, middle + half], abs=1e-4)


def test_two_repeats_have_an_interval_that_is_not_everything():
    compared = stats.compare_unpaired([[2.0], [2.002]], [[1.0], [1.001]])
    assert 0 < compared.low < 2 < compared.high < float("inf")


def test_blocks_of_one_round_are_divided_by_each_other():
    weather = [[1.0] * 3, [2.0] * 3, [4.0] * 3]
    ours = [[[1.5 * ms for ms in block] for block in weather]] * 2
    assert stats.compare_paired(ours, [weather] * 2).ratio == pytest.approx(1.5)


def test_measurements_of_different_times_are_compared_by_repeats():
    old = [[7.00] * 9, [7.02] * 9, [6.98] * 9, [7.01] * 9]
    new = [[8.00] * 9, [8.02] * 9, [7.98] * 9, [8.01] * 9]
    compared = stats.compare_unpaired(new, old)
    assert compared.verdict is Verdict.SLOWER
    assert compared.low < 8 / 7 < compared.high
