"""The statistics find what is there, and claim nothing that is not."""

import numpy as np
import pytest

from irrvit.benchmark.results import stats

TRIALS = 100


def test_percentiles_are_those_of_all_calls():
    summary = stats.summarize(
        [[float(i) for i in range(1, 51)], [float(i) for i in range(51, 102)]]
    )
    assert (summary.n, summary.min_ms, summary.p50_ms) == (101, 1.0, 51.0)
    assert (summary.p90_ms, summary.p99_ms, summary.mean_ms) == (91.0, 100.0, 51.0)
    assert summary.low_ms < 51.0 < summary.high_ms


def test_the_spread_is_that_of_a_sample_and_nought_for_one_call():
    assert stats.summarize([[1.0, 2.0], [3.0]]).stdev_ms == pytest.approx(1.0)
    assert stats.summarize([[1.0, 2.0]]).stdev_ms == pytest.approx(0.5**0.5)
    assert stats.summarize([[7.0]]).stdev_ms == 0.0


def test_equal_latencies_have_no_interval():
    assert stats.median_interval([[3.0] * 60]) == (3.0, 3.0)


def test_the_interval_is_the_same_for_the_same_seed(alike_neighbours):
    values = [alike_neighbours(np.random.default_rng(1), 200).tolist()]
    assert stats.median_interval(values) == stats.median_interval(values)


@pytest.mark.parametrize(
    ("seed", "calls", "rho", "interval"),
    [
        (1, 200, 0.8, (0.9911471564, 0.9989241438)),
        (1, 100, 0.95, (0.9886179484, 1.0008848109)),  # Drawn are an eighth of the calls at most,
        (0, 1000, 0.0, (0.99739554, 1.0009534546)),  # the cube root at least,
        (48, 500, 0.5, (0.9973640239, 1.0050601527)),  # and what is alike by over 0.05.
        (128, 500, 0.5, (0.9970151662, 1.0039198102)),
    ],
)
def test_the_interval_of_a_stored_measurement_is_what_it_was(
    seed, calls, rho, interval, alike_neighbours
):
    """A report that is made again of the same store says the same, as of version 0.1.0."""
    values = alike_neighbours(np.random.default_rng(seed), calls, rho=rho)
    repeats = values.reshape(4, -1).tolist()
    assert stats.median_interval(repeats, seed=3) == pytest.approx(interval, abs=1e-9)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
def test_the_interval_holds_the_true_median_of_alike_neighbours(rho, alike_neighbours):
    held = 0
    for trial in range(TRIALS):
        values = alike_neighbours(np.random.default_rng(trial), 500, rho=rho)
        low, high = stats.median_interval([values])
        # 2 % of the calls are slow ones: the median of all lies where that of the others' 51 % is.
        held += low <= 1 + 0.02 * 0.0256 <= high
    assert held >= 88


def test_noise_is_no_drift(alike_neighbours):
    found = [
        stats.drift(alike_neighbours(np.random.default_rng(trial), 500)) for trial in range(TRIALS)
    ]
    assert sum(abs(change) > 0.05 for change in found) == 0


def in_batches(*medians):
    """Two calls for each of the 12 batches that drift looks at."""
    return [ms for median in medians for ms in (median, median)]


# Neighbouring batches differ by 0.1, so the noise is 1.4826 * 0.1 / sqrt(2) = 0.1048.
@pytest.mark.parametrize(("step", "found"), [(0.31, 0.0), (0.32, 0.32 / 10.05)])
@pytest.mark.parametrize("sign", [-1, 1])
def test_a_drift_within_three_times_the_noise_may_be_chance(step, found, sign):
    medians = [10 + 0.1 * (i % 2) + (sign * step if i >= 6 else 0) for i in range(12)]
    assert stats.drift(in_batches(*medians)) == pytest.approx(sign * found)


def test_of_less_than_two_calls_a_batch_no_drift_is_claimed():
    rising = in_batches(*[10.0] * 6, *[20.0] * 6)
    assert stats.drift(rising) == 1.0
    assert stats.drift(rising[1:]) == 0.0


@pytest.mark.parametrize(("disturbed", "found"), [({0, 11}, 0.0), ({0, 1, 2}, -1 / 6)])
def test_one_batch_at_either_end_may_be_disturbed_and_three_may_not(disturbed, found):
    medians = [12.0 if i in disturbed else 10.0 for i in range(12)]
    assert stats.drift(in_batches(*medians)) == pytest.approx(found)


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


@pytest.mark.parametrize(("slow", "share"), [(1.5, 0.0), (1.51, 0.05)])
def test_a_call_of_over_one_and_a_half_medians_is_an_outlier(slow, share):
    assert stats.outliers([1.0] * 95 + [slow] * 5) == share


def test_the_slowest_repeat_is_held_against_the_quickest():
    assert stats.repeat_spread([[10.5], [10.0, 10.0, 99.0], [11.0]]) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("blocks", "stationary"),
    [
        ([7.0, 7.0], False),
        ([7.0, 7.0, 7.0], True),
        ([10.0, 9.0, 8.0, 7.0], False),
        ([10.0, 9.0, 8.0, 7.0, 7.1, 7.0], True),
        ([1.0, 1.0, 1.029], True),
        ([1.0, 1.0, 1.031], False),
        ([1.031, 1.0, 1.0], False),
        ([7.0, 9.0, 7.5, 7.0, 8.0, 8.5], True),
        ([9.0, 9.0, 9.0, 7.0, 8.0, 7.0], True),
        ([9.0, 9.0, 9.0, 7.0, 8.0, 6.99], False),
        ([9.0, 7.5, 7.0, 8.0, 8.5], False),
    ],
)
def test_warm_is_what_is_alike_or_gets_no_quicker_any_more(blocks, stationary):
    assert stats.is_stationary([[ms] for ms in blocks]) is stationary


def test_the_first_minute_is_held_against_the_last():
    latencies = [10.0] * 6000 + [30.0] * 1000 + [20.0] * 3000
    assert stats.first_and_last_minute(latencies, latencies) == (10, 20)


def test_a_minute_of_means_is_that_of_all_their_calls():
    means = [10.0] * 6 + [30.0] * 4 + [20.0] * 3
    assert stats.first_and_last_minute(means, [1000 * ms for ms in means]) == (10, 20)


def test_a_minute_is_sixty_seconds():
    """Half of the calls in either minute are quick: a call more or less, and it is 10 or 20."""
    minute = [10.0] * 2000 + [20.0] * 2000
    latencies = [*minute, *[20.0] * 1000, *minute[::-1]]
    assert stats.first_and_last_minute(latencies, latencies) == (15, 15)


@pytest.mark.parametrize(
    ("latencies", "halves"), [([10.0, 10.0, 12.0, 12.0], (10, 12)), ([9.0, 1.0, 1.0], (9, 1))]
)
def test_a_run_of_less_than_two_minutes_is_halved(latencies, halves):
    assert stats.first_and_last_minute(latencies, latencies) == halves
