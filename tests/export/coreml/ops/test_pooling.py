"""Pooling equals torch's, and its definition where torch pads differently."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from irrvit.export.coreml.ops.pooling import OPERATIONS
from irrvit.export.coreml.ops.values import UnsupportedValue


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
    if exclude or not case["ceil_mode"]:
        expected = F.avg_pool2d(*where, case["ceil_mode"], not exclude)
        np.testing.assert_allclose(mean, expected, rtol=1e-5, atol=1e-6)


def test_what_ceil_mode_adds_counts_in_a_mean_as_in_apples_runtime(mb, interpret):
    """Input and answer as reported in github.com/apple/coremltools/pull/2844."""
    x = np.arange(49, dtype=np.float32).reshape(1, 1, 7, 7)
    options = {"kernel_sizes": [2, 2], "strides": [3, 3], "pad_type": "valid", "ceil_mode": True}
    (ours,) = interpret(lambda x: mb.avg_pool(x=x, **options), x)
    assert ours[0, 0].tolist() == [[4, 7, 4.75], [25, 28, 15.25], [21.25, 22.75, 12]]


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


def test_a_window_beyond_the_picture_is_left_out_only_where_there_is_padding(mb, interpret):
    """As documented: torch leaves out one that begins behind a picture without padding, too."""
    x = np.arange(1, 7, dtype=np.float32).reshape(1, 1, 6)
    options = {"kernel_sizes": [2], "strides": [3], "pad_type": "custom", "ceil_mode": True}
    (bare,) = interpret(lambda x: mb.max_pool(x=x, pad=[0, 0], **options), x)
    (padded,) = interpret(lambda x: mb.max_pool(x=x, pad=[1, 1], **options), x)
    assert bare[0, 0].tolist() == [2, 5, -np.inf]
    assert padded[0, 0].tolist() == [1, 4, 6]


def test_ceil_mode_with_uneven_padding_is_refused():
    """coremltools writes none; a file from elsewhere may have it."""
    with pytest.raises(UnsupportedValue, match="ceil_mode with 0 rows before and 1 after"):
        OPERATIONS["max_pool"](torch.ones(1, 1, 6), [2], [3], "custom", [0, 1], ceil_mode=True)
