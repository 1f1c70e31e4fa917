"""Activations compute what coremltools computes for constants, and what torch calls by the name."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from torch.nn import functional as F

SHAPES = hnp.array_shapes(min_dims=3, max_dims=4, max_side=4)
NUMBERS = st.floats(-6, 6, width=32)
A, B = np.float32(0.3), np.float32(1.7)
CASES = {
    "clamped_relu": {"alpha": A, "beta": B},
    "elu": {"alpha": A},
    "gelu-EXACT": {"mode": "EXACT"},
    "gelu-TANH": {"mode": "TANH_APPROXIMATION"},
    "gelu-SIGMOID": {"mode": "SIGMOID_APPROXIMATION"},
    "leaky_relu": {"alpha": A},
    "linear_activation": {"alpha": A, "beta": B},
    "relu": {},
    "relu6": {},
    "scaled_tanh": {"alpha": A, "beta": B},
    "sigmoid": {},
    "sigmoid_hard": {"alpha": A, "beta": B},
    "softmax": {"axis": -2},
    "softplus": {},
    "softsign": {},
}


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_activation_equals_coremltools(case, data, mb, interpret, fold_constants):
    x = data.draw(hnp.arrays(np.float32, SHAPES, elements=NUMBERS))
    operation = getattr(mb, case.split("-")[0])
    (ours,) = interpret(lambda x: operation(x=x, **CASES[case]), x)
    # A copy, since coremltools changes some constants in place.
    (theirs,) = fold_constants(lambda x: operation(x=x, **CASES[case]), x.copy())
    np.testing.assert_allclose(ours, theirs, rtol=2e-5, atol=1e-6)


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_parameters_per_channel_equal_torch(data, mb, interpret):
    x = data.draw(hnp.arrays(np.float32, (2, 3, 2, 2), elements=NUMBERS))
    alpha = data.draw(hnp.arrays(np.float32, 3, elements=st.floats(0.25, 2, width=32)))
    beta = data.draw(hnp.arrays(np.float32, 3, elements=st.floats(0.25, 2, width=32)))
    (prelu,) = interpret(lambda x: mb.prelu(x=x, alpha=alpha), x)
    (softplus,) = interpret(lambda x: mb.softplus_parametric(x=x, alpha=alpha, beta=beta), x)
    expected = F.prelu(torch.tensor(x), torch.tensor(alpha)).numpy()
    np.testing.assert_allclose(prelu, expected, rtol=1e-6)
    a, b = alpha.reshape(1, 3, 1, 1), beta.reshape(1, 3, 1, 1)
    np.testing.assert_allclose(softplus, a * np.log1p(np.exp(b * x)), rtol=2e-5, atol=1e-6)


@settings(max_examples=10, deadline=None)
@given(x=hnp.arrays(np.float32, SHAPES, elements=NUMBERS))
def test_silu_and_thresholded_relu_equal_their_formulas(x, mb, interpret):
    (silu,) = interpret(lambda x: mb.silu(x=x), x)
    (cut,) = interpret(lambda x: mb.thresholded_relu(x=x, alpha=A), x)
    np.testing.assert_allclose(silu, x / (1 + np.exp(-x)), rtol=2e-5, atol=1e-6)
    np.testing.assert_array_equal(cut, np.where(x >= A, x, 0))
