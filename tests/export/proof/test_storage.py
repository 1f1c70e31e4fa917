"""What storing a number explains, just below and just above."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrvit.export.proof.storage import as_float16, by_table, exactly, in_float16_steps, in_steps


@given(st.floats(-1000, 1000, width=32))
def test_float16_is_explained(number):
    stored = np.float64(np.float16(number))
    assert abs(stored - number) <= as_float16(np.array([number]))[0]


@pytest.mark.parametrize(("units", "explained"), [(0.99, True), (1.1, False)])
def test_more_than_half_a_unit_of_float16_is_not(units, explained):
    number = np.array([1.0])
    half_a_unit = 2.0**-11
    assert bool(units * half_a_unit <= as_float16(number)[0]) is explained


@pytest.mark.parametrize(("steps", "explained"), [(0.49, True), (0.51, False)])
def test_half_a_step_is_explained(steps, explained):
    bound = in_steps(np.array([0.1]))(np.array([0.0]))
    assert bool(steps * 0.1 <= bound[0]) is explained


@pytest.mark.parametrize(("steps", "explained"), [(0.55, True), (0.6, False)])
def test_a_step_divided_by_in_float16_explains_a_little_more(steps, explained):
    bound = in_float16_steps(0.1)(np.array([0.0]))
    assert bool(steps * 0.1 <= bound[0]) is explained


@pytest.mark.parametrize(("stored", "explained"), [(1.0, True), (2.0, False), (0.0, False)])
def test_only_the_nearest_of_a_table_is_explained(stored, explained):
    numbers = np.array([1.2])
    bound = by_table(np.array([2.0, 0.0, 1.0]))(numbers)
    assert bool(abs(stored - 1.2) <= bound[0]) is explained


def test_float32_is_stored_as_it_is():
    assert exactly(np.array([1.0]))[0] < 2e-7
