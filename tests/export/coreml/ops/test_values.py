"""How numbers are held, rounded and checked."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from irrvit.export.coreml.ops.values import (
    ProgramMismatch,
    Value,
    check,
    hold,
    leave_unrounded,
    round_as_declared,
)


@pytest.mark.parametrize(
    ("given_type", "held"),
    [
        (np.float16, torch.float32),
        (np.float64, torch.float32),
        (np.uint8, torch.int32),
        (np.int64, torch.int32),
        (np.bool_, torch.bool),
    ],
)
def test_numbers_are_held_in_three_types(given_type, held):
    assert hold(np.ones(2, given_type)).dtype == held


@given(number=st.floats(-1e6, 1e6, width=32))
def test_rounding_is_that_of_storing(number):
    with np.errstate(over="ignore"):
        expected = float(np.float16(np.float32(number)))
    assert round_as_declared(torch.tensor(number), "fp16").item() == expected
    assert round_as_declared(torch.tensor(number), "fp32").item() == number
    assert leave_unrounded(torch.tensor(number), "fp16").item() == number


@pytest.mark.parametrize(
    "result", [torch.zeros(2, 4), torch.zeros(3), torch.zeros(2, 3, dtype=torch.int32)]
)
def test_a_result_that_is_not_as_declared_is_named(result):
    with pytest.raises(ProgramMismatch, match="'conv_3'"):
        check(result, Value("conv_3", "fp16", (2, 3)))
