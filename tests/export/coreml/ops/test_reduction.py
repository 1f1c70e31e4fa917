"""Reductions equal coremltools' own, over any axes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

NAMES = [
    "l1_norm",
    "l2_norm",
    "log_sum",
    "log_sum_exp",
    "max",
    "mean",
    "min",
    "prod",
    "sum",
    "sum_square",
]


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_reduction_equals_coremltools(name, data, mb, interpret, fold_constants):
    shape = data.draw(hnp.array_shapes(min_dims=2, max_dims=4, max_side=4))
    x = data.draw(hnp.arrays(np.float32, shape, elements=st.floats(0.25, 4, width=32)))
    rank = st.integers(-len(shape), len(shape) - 1)
    axes = data.draw(st.lists(rank, min_size=1, unique_by=lambda axis: axis % len(shape)))
    keep = data.draw(st.booleans())

    def build(x):
        return getattr(mb, f"reduce_{name}")(x=x, axes=axes, keep_dims=keep)

    (ours,), (theirs,) = interpret(build, x), fold_constants(build, x)
    assert ours.shape == theirs.shape
    np.testing.assert_allclose(ours, theirs, rtol=2e-5)


@pytest.mark.parametrize("name", NAMES)
def test_reduction_without_axes_takes_all(name, mb, interpret):
    x = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
    (ours,) = interpret(lambda x: getattr(mb, f"reduce_{name}")(x=x, keep_dims=True), x)
    (flat,) = interpret(
        lambda x: getattr(mb, f"reduce_{name}")(x=x, axes=[0], keep_dims=True), x.reshape(6)
    )
    assert ours.shape == (1, 1)
    np.testing.assert_allclose(ours.item(), flat.item(), rtol=1e-6)


@pytest.mark.parametrize("keep", [True, False])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_arg_reduction_equals_numpy(axis, keep, mb, interpret):
    x = np.random.default_rng(0).permutation(24).reshape(2, 3, 4).astype(np.float32)
    (largest,) = interpret(lambda x: mb.reduce_argmax(x=x, axis=axis, keep_dims=keep), x)
    (smallest,) = interpret(lambda x: mb.reduce_argmin(x=x, axis=axis, keep_dims=keep), x)
    np.testing.assert_array_equal(largest, x.argmax(axis, keepdims=keep))
    np.testing.assert_array_equal(smallest, x.argmin(axis, keepdims=keep))
