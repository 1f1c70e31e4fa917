"""How long a block is and when a repeat is done, on both sides of each limit."""

from __future__ import annotations

import pytest

from irrvit.benchmark.run import protocol


@pytest.mark.parametrize(
    ("call_ms", "calls"),
    [
        (0.0999, 1000),
        (0.1, 1000),
        (0.2, 500),
        (33.0, 3),
        (66.0, 2),
        (67.0, 1),
        (100.0, 1),
        (5e3, 1),
    ],
)
def test_a_block_takes_a_tenth_of_a_second_with_one_call_at_least_and_a_thousand_at_most(
    call_ms, calls
):
    assert protocol.calls_of_block(call_ms) == calls


def test_a_longer_block_has_more_calls_up_to_ten_a_millisecond():
    assert protocol.calls_of_block(4.0, 2000) == 500
    assert protocol.calls_of_block(0.05, 2000) == 20_000


@pytest.mark.parametrize(("first_ms", "calls"), [(50.0, 5), (9.2, 5), (8.0, 6), (1.0, 50)])
def test_a_block_of_the_warm_up_is_half_as_long_and_has_five_calls_at_least(first_ms, calls):
    assert protocol.calls_of_warmup(first_ms) == calls


@pytest.mark.parametrize(
    ("blocks", "calls_per_value", "enough"),
    [
        ([[250.0, 250.0], [250.0, 250.0]], 1, True),
        ([[250.0, 250.0], [500.0]], 1, False),  # Time enough, and a call too few.
        ([[250.0, 250.0], [250.0, 249.9]], 1, False),  # Calls enough, and a little too short.
        ([[250.0], [250.0]], 2, True),  # Each of them the mean of two calls.
        ([], 1, False),
    ],
)
def test_a_repeat_is_done_with_both_calls_and_seconds(blocks, calls_per_value, enough):
    found = protocol.is_enough(blocks, calls_per_value, iterations=4, seconds=1.0)
    assert found is enough
