"""A constant that is a parameter but for a part is named."""

import numpy as np

from irrvit.export.proof.numbers import foreign_numbers

WEIGHT = np.linspace(-1, 1, 24, dtype=np.float32).reshape(2, 3, 4)
OTHER = np.linspace(2, 3, 24, dtype=np.float32)


def with_one_changed(values):
    changed = values.copy()
    changed.reshape(-1)[5] *= 1.05
    return changed


def test_the_same_numbers_in_another_layout_are_the_same():
    constants = {"c": WEIGHT.transpose(2, 0, 1), "d": OTHER}
    assert foreign_numbers(constants, {"stem.weight": WEIGHT, "head.weight": OTHER}) == []


def test_one_wrong_number_is_named_with_the_right_one():
    (sentence,) = foreign_numbers({"c": with_one_changed(WEIGHT)}, {"stem.weight": WEIGHT})
    assert sentence == (
        "the constant 'c' is the network's 'stem.weight' but for 1 of 24 numbers, such as "
        "-0.593478 for -0.565217"
    )


def test_numbers_that_a_converter_made_are_no_fault():
    assert foreign_numbers({"folded": WEIGHT * 0.125 + 7}, {"stem.weight": WEIGHT}) == []


def test_half_of_the_numbers_decide():
    for kept, named in ((12, 1), (11, 0)):
        values = WEIGHT.ravel().copy()
        values[kept:] += 10
        assert len(foreign_numbers({"c": values}, {"stem.weight": WEIGHT})) == named


def test_a_few_numbers_are_not_looked_at():
    small = np.arange(7, dtype=np.float32)
    assert foreign_numbers({"c": with_one_changed(small)}, {"bias": small}) == []


def test_another_parameter_with_these_very_numbers_excuses_them():
    almost = with_one_changed(WEIGHT)
    assert foreign_numbers({"c": almost}, {"one": WEIGHT, "two": almost}) == []
