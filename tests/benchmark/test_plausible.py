"""Numbers out of what devices say, and what of it can be true."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrvit.benchmark import plausible


@pytest.mark.parametrize(
    ("said", "value"),
    [
        ("42", 42.0),
        (" -3.5\n", -3.5),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        (7, 7.0),
        ("", None),
        ("N/A", None),
        ("1.2.3", None),
        ("1 2", None),
        ("1_000", None),
        ("٣", None),
        ("nan", None),
        ("1e999", None),
        ("9" * 41, None),
        (True, None),
        (None, None),
        (math.inf, None),
        (10**400, None),
    ],
)
def test_a_number_is_a_number_and_nothing_else_is(said, value):
    assert plausible.number(said) == value


@pytest.mark.parametrize(("said", "value"), [("42", 42), ("42.0", 42), ("42.5", None), ("", None)])
def test_a_count_is_whole(said, value):
    assert plausible.whole(said) == value


@pytest.mark.parametrize(
    ("value", "believed"), [(0.99, False), (1, True), (2, True), (2.01, False)]
)
def test_both_limits_of_a_range_can_be_true(value, believed):
    assert (plausible.within(value, (1, 2)) == value) is believed
    assert plausible.within(None, (1, 2)) is None


@pytest.mark.parametrize(
    ("value", "percent"), [(-100.0, None), (0.0, None), (0.1, 0.1), (100.0, 100.0), (100.1, None)]
)
def test_a_battery_of_a_device_that_runs_is_not_empty(value, percent):
    assert plausible.percent(value) == percent


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.lists(st.integers())))
def test_whatever_is_said_comes_to_a_finite_number_or_none(said):
    value = plausible.number(said)
    assert value is None or math.isfinite(value)
