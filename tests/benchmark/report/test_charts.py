"""Axes hold their values, labels cover nothing, and no slow call is lost in a small picture."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrvit.benchmark.report import charts
from irrvit.benchmark.report.charts import Axis

POSITIVE = st.floats(1e-3, 1e5)


@given(POSITIVE)
def test_a_linear_axis_begins_at_zero_and_has_a_handful_of_round_ticks(highest):
    axis = charts.linear_axis(highest)
    assert axis.percent(0) == 0
    assert 90 <= axis.percent(highest) <= 100
    assert 3 <= len(axis.ticks) <= 7
    assert axis.ticks[-1] <= axis.high


@given(POSITIVE, POSITIVE)
def test_a_logarithmic_axis_leaves_room_around_its_values(one, other):
    low, high = sorted((one, other))
    axis = charts.log_axis(low, high)
    assert 0 < axis.percent(low) <= axis.percent(high) < 100
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)


@given(st.floats(0.1, 10), st.floats(0.1, 10))
def test_a_ratio_of_one_is_in_the_middle_and_twice_is_as_far_as_half(one, other):
    axis = charts.ratio_axis(*sorted((one, other)))
    assert axis.percent(1.0) == pytest.approx(50, abs=0.02)
    assert axis.percent(2.0) - 50 == pytest.approx(50 - axis.percent(0.5), abs=0.02)
    assert 1.0 in axis.ticks
    assert axis.percent(one) in (0, 100) or axis.low < one < axis.high


def test_a_value_beyond_an_axis_is_drawn_at_its_end():
    axis = Axis(1, 10, (), is_log=True)
    assert (axis.percent(0.0), axis.percent(float("inf"))) == (0, 100)


def test_one_slow_call_of_thousands_is_in_the_outline():
    calls = np.full(5000, 5.0)
    calls[1234] = 50.0
    picture = charts.outline(
        [calls[:2000].tolist(), calls[2000:].tolist()], Axis(0, 50, ()), columns=100
    )
    tops = [float(point.split(",")[1]) for point in picture.band.split()[:100]]
    assert min(tops) == 0  # The upper edge: y goes down.
    assert tops.count(0) == 1
    assert {point.split(",")[1] for point in picture.line.split()} == {"90.00"}
    assert picture.breaks == (40.0,)


def test_labels_cover_no_dot_and_no_other_label():
    dots = [(50.0, 50.0), (51.0, 52.0), (5.0, 5.0), (98.0, 5.0)]
    texts = ["first", "second", "third", "at the right edge"]
    labels = charts.place_labels(dots, texts)
    assert [label.anchor for label in labels] == ["end", "start", "start", "end"]


def test_a_label_without_room_is_left_out():
    crowd = [(50.0, 50.0)] * 40
    labels = charts.place_labels(crowd, ["a name"] * 40)
    assert any(label.anchor for label in labels)
    assert any(not label.anchor for label in labels)
