"""What decides: the spread of outputs, within a case and across cases."""

import numpy as np
import pytest

from irrvit.export.proof.spread import decisive_scale, difference, is_constant


def test_an_offset_that_all_outputs_share_decides_nothing():
    logits = np.array([[1000.0, 1001.0, 1003.0], [1002.0, 1000.5, 1001.0]])
    assert decisive_scale(logits) == pytest.approx(decisive_scale(logits - 1000.0))


def test_what_a_network_says_whatever_it_sees_decides_nothing():
    bias = np.array([0.0, 50.0, -50.0])
    logits = np.array([[0.0, 1.0, 0.5], [0.5, 0.0, 1.0]])
    assert decisive_scale(logits + bias).tolist() == [1.0, 1.0]


def test_the_smaller_of_the_two_spreads_counts():
    assert decisive_scale(np.array([[0.0, 1.0], [0.0, 9.0]])).tolist() == [1.0, 8.0]


def test_a_single_output_is_held_against_other_cases():
    assert decisive_scale(np.array([[3.0], [5.0]])).tolist() == [2.0, 2.0]


def test_one_case_is_held_against_itself():
    assert decisive_scale(np.array([[3.0, 5.0]])).tolist() == [2.0]


def test_one_output_of_one_case_decides_nothing():
    assert decisive_scale(np.array([[3.0]])).tolist() == [0.0]


@pytest.mark.parametrize(
    ("constant", "scale"), [((3.0, 5.0), 2.0), ((7.0, 7.0), 7.0), ((-7.0,), 7.0), ((0.0, 0.0), 1.0)]
)
def test_what_is_the_same_in_every_case_is_held_to_its_own_spread_or_size(constant, scale):
    assert decisive_scale(np.array([constant] * 3)).tolist() == [scale] * 3


@pytest.mark.parametrize(("apart", "constant"), [(0.9e-4, True), (1.1e-4, False)])
def test_what_hardly_changes_between_cases_is_constant(apart, constant):
    assert is_constant(np.array([[1.0, 0.5], [1.0, 0.5 + apart]])) is constant


def test_a_difference_is_a_share_of_what_decides_in_its_case():
    reference = np.array([[0.0, 1.0], [0.0, 9.0]])
    assert difference(np.add(reference, [[0, 0.1], [0, 0]]), reference) == pytest.approx(0.1)
    assert difference(np.add(reference, [[0, 0], [0, 0.1]]), reference) == pytest.approx(0.0125)


@pytest.mark.parametrize(
    "candidate",
    [np.array([[0.0, np.nan]]), np.array([[0.0, np.inf]]), np.array([[0.0]]), np.array([[1.0, 2]])],
)
def test_what_cannot_be_compared_is_infinitely_far(candidate):
    flat = np.array([[2.0, 2.0]])
    assert difference(candidate, flat) == np.inf


def test_equal_outputs_differ_by_nothing_even_without_a_spread():
    assert difference(np.zeros((2, 3)), np.zeros((2, 3))) == 0.0
