"""Pooling equals torch's, and its definition where torch pads differently."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from irrvit.export.errors import UnsupportedOp


@st.composite
def poolings(draw):
    """Kernel, strides, and torch's kind of padding."""
    pairs = st.tuples(st.integers(1, 4), st.integers(1, 4))
    # Strides no wider than the kernel: coremltools and torch differ on whether, rounding up, a
    # window counts that begins beyond the picture.
    kernel = draw(pairs)
    strides = [draw(st.integers(1, k)) for k in kernel]
    pad = [draw(st.integers(0, k // 2)) for k in kernel]
    return {
        "kernel_sizes": list(kernel),
        "strides": strides,
        "pad": pad,
        "ceil_mode": draw(st.booleans()),
    }


def _picture(seed=0):
    return np.random.default_rng(seed).normal(size=(1, 2, 7, 9)).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(case=poolings(), exclude=st.booleans())
def test_pooling_equals_torch(case, exclude, mb, interpret):
    x, sides = _picture(), [p for p in case["pad"] for _ in range(2)]
    inputs = {**case, "pad": sides, "pad_type": "custom"}
    (largest,) = interpret(lambda x: mb.max_pool(x=x, **inputs), x)
    (mean,) = interpret(
        lambda x: mb.avg_pool(x=x, exclude_padding_from_average=exclude, **inputs), x
    )
    where = (torch.tensor(x), case["kernel_sizes"], case["strides"], case["pad"])
    np.testing.assert_array_equal(largest, F.max_pool2d(*where, ceil_mode=case["ceil_mode"]))
    expected = F.avg_pool2d(*where, case["ceil_mode"], not exclude)
    np.testing.assert_allclose(mean, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("exclude", [True, False])
def test_uneven_padding_counts_or_not_as_asked(exclude, mb, interpret):
    x = np.array([[[3.0, 6.0, 9.0]]], np.float32)
    (mean,) = interpret(
        lambda x: mb.avg_pool(
            x=x, kernel_sizes=[3], pad_type="custom", pad=[2, 0],
            exclude_padding_from_average=exclude,
        ),
        x,
    )  # fmt: skip
    expected = [3, 4.5, 6] if exclude else [1, 3, 6]
    np.testing.assert_allclose(mean[0, 0], expected, rtol=1e-6)


def test_padding_never_wins_a_maximum(mb, interpret):
    x = np.full((1, 1, 3), -5, np.float32)
    (largest,) = interpret(
        lambda x: mb.max_pool(x=x, kernel_sizes=[2], strides=[2], pad_type="same"), x
    )
    assert largest.tolist() == [[[-5, -5]]]


def test_l2_pool_is_the_root_of_the_sum_of_squares(mb, interpret):
    x = np.array([[[3.0, 4.0, 12.0]]], np.float32)
    (ours,) = interpret(lambda x: mb.l2_pool(x=x, kernel_sizes=[2], pad_type="valid"), x)
    np.testing.assert_allclose(ours[0, 0], [5, np.sqrt(160)], rtol=1e-6)


def test_ceil_mode_with_wide_padding_is_refused(mb, interpret):
    with pytest.raises(UnsupportedOp, match=r"'avg_pool'.*ceil_mode"):
        interpret(
            lambda x: mb.avg_pool(
                x=x, kernel_sizes=[2], strides=[3], pad_type="custom", pad=[2, 2], ceil_mode=True
            ),
            np.ones((1, 1, 6), np.float32),
        )
