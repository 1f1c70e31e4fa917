"""Counts, intervals and limits of accuracy."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrvit.export.precision import Tolerance
from irrvit.export.proof.accuracy import interval, summarize
from irrvit.export.proof.labelled import Expected

DATA = SimpleNamespace(name="clothes", sha256="0" * 64)


def expecting(classes, first_alike=(0, 1, 2, 3)):
    return Expected(np.array(classes), np.array(first_alike), "named somehow")


def test_right_ones_and_same_decisions_are_counted_apart():
    candidate, reference = np.array([0, 1, 0, 0]), np.array([0, 2, 0, 0])
    known = summarize(candidate, reference, expecting([0, 1, 2, 3]), data=DATA)  # pyright: ignore[reportArgumentType]
    assert (known.right, known.reference_right, known.same_decisions) == (2, 1, 3)
    assert (known.pictures, known.data, known.naming) == (4, "clothes", "named somehow")


def test_two_classes_of_one_label_are_both_right_and_yet_two_decisions():
    candidate, reference = np.array([0, 1]), np.array([0, 2])
    known = summarize(candidate, reference, expecting([0, 1], (0, 1, 1, 3)), data=DATA)  # pyright: ignore[reportArgumentType]
    assert (known.right, known.reference_right, known.same_decisions) == (2, 2, 1)


@pytest.mark.parametrize(("right", "limit", "within"), [(98, 2.0, True), (97, 2.0, False)])
def test_a_file_may_lose_no_more_points_than_its_limit(right, limit, within):
    classes = np.zeros(100, np.int64)
    candidate = np.r_[np.zeros(right, np.int64), np.ones(100 - right, np.int64)]
    known = summarize(candidate, classes, expecting(classes), data=DATA)  # pyright: ignore[reportArgumentType]
    tolerance = Tolerance(max_rel=1, min_cosine=0, min_sqnr_db=0, max_points_below=limit)
    assert known.is_within(tolerance) is within


def test_the_interval_is_that_of_the_published_example():
    """81 of 263, Wilson's interval in table I of Newcombe 1998, doi 10.1002/sim.777."""
    assert interval(81, 263) == pytest.approx((0.2553, 0.3662), abs=5e-5)


@given(st.integers(1, 10_000), st.data())
def test_the_interval_holds_the_share_and_stays_within_bounds(pictures, data):
    right = data.draw(st.integers(0, pictures))
    low, high = interval(right, pictures)
    assert -1e-12 <= low <= right / pictures + 1e-12
    assert right / pictures - 1e-12 <= high <= 1 + 1e-12
