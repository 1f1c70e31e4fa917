"""Convolutions, linear layers and matrix products equal torch's."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F

from irrvit.export.errors import UnsupportedOp

CONV = {1: F.conv1d, 2: F.conv2d}
CONV_TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d}


def _arrays(seed, *shapes):
    random = np.random.default_rng(seed)
    return [random.normal(size=shape).astype(np.float32) for shape in shapes]


def _close(ours, expected):
    np.testing.assert_allclose(ours, expected.numpy(), rtol=1e-4, atol=1e-4)


@st.composite
def convolutions(draw):
    """Shapes and attributes of a convolution in one or two dimensions."""
    rank = draw(st.integers(1, 2))

    def per_axis(low, high):
        return draw(st.lists(st.integers(low, high), min_size=rank, max_size=rank))

    return {
        "seed": draw(st.integers(0, 999)),
        "size": per_axis(5, 9),
        "kernel": per_axis(1, 3),
        "strides": per_axis(1, 3),
        "dilations": per_axis(1, 2),
        "groups": draw(st.sampled_from([1, 2, 4])),
        "before": per_axis(0, 2),
        "after": per_axis(0, 2),
        "bias": draw(st.booleans()),
    }


@settings(max_examples=40, deadline=None)
@given(case=convolutions(), pad_type=st.sampled_from(["valid", "custom"]))
def test_conv_equals_torch(case, pad_type, mb, interpret):
    groups, rank = case["groups"], len(case["size"])
    x, weight, bias = _arrays(
        case["seed"], (2, 4, *case["size"]), (8, 4 // groups, *case["kernel"]), 8
    )
    pad = [n for pair in zip(case["before"], case["after"], strict=True) for n in pair]
    pad = pad if pad_type == "custom" else [0] * 2 * rank
    extra = {"bias": bias} if case["bias"] else {}
    (ours,) = interpret(
        lambda x: mb.conv(
            x=x, weight=weight, strides=case["strides"], dilations=case["dilations"],
            groups=groups, pad_type=pad_type, pad=pad, **extra,
        ),
        x,
    )  # fmt: skip
    torch_pad = [n for i in reversed(range(rank)) for n in pad[2 * i : 2 * i + 2]]
    expected = CONV[rank](
        F.pad(torch.tensor(x), torch_pad), torch.tensor(weight),
        torch.tensor(bias) if case["bias"] else None, case["strides"], 0, case["dilations"], groups,
    )  # fmt: skip
    _close(ours, expected)


@pytest.mark.parametrize(("pad_type", "first"), [("same", 0), ("same_lower", 1)])
def test_conv_puts_the_odd_row_of_same_padding_where_documented(pad_type, first, mb, interpret):
    # A kernel of 2 needs one more row, after ("same") or before ("same_lower") the picture.
    x = np.array([[[1, 2, 3]]], np.float32)
    weight = np.array([[[1, 10]]], np.float32)
    (ours,) = interpret(lambda x: mb.conv(x=x, weight=weight, pad_type=pad_type), x)
    padded = np.pad(x[0, 0], (first, 1 - first))
    np.testing.assert_array_equal(ours[0, 0], padded[:-1] + 10 * padded[1:])


@settings(max_examples=20, deadline=None)
@given(size=st.integers(4, 11), kernel=st.integers(1, 5), stride=st.integers(1, 3))
def test_same_padding_gives_the_size_over_the_stride(size, kernel, stride, mb, interpret):
    x, weight = _arrays(0, (1, 1, size), (1, 1, kernel))
    (ours,) = interpret(lambda x: mb.conv(x=x, weight=weight, strides=[stride], pad_type="same"), x)
    assert ours.shape[-1] == -(-size // stride)


@settings(max_examples=40, deadline=None)
@given(case=convolutions())
def test_conv_transpose_equals_torch(case, mb, interpret):
    groups, rank = case["groups"], len(case["size"])
    x, weight, bias = _arrays(
        case["seed"], (2, 4, *case["size"]), (4, 8 // groups, *case["kernel"]), 8
    )
    extra = {"bias": bias} if case["bias"] else {}
    # torch knows padding of both sides alike, and more rows at the end alone.
    limit = zip(case["kernel"], case["dilations"], case["before"], strict=True)
    amount = [min(p, (k - 1) * d) for k, d, p in limit]
    more = [
        min(a, s - 1, p) for a, s, p in zip(case["after"], case["strides"], amount, strict=True)
    ]
    pad = [n for p, m in zip(amount, more, strict=True) for n in (p, p - m)]
    (ours,) = interpret(
        lambda x: mb.conv_transpose(
            x=x, weight=weight, strides=case["strides"], dilations=case["dilations"],
            groups=groups, pad_type="custom", pad=pad, **extra,
        ),
        x,
    )  # fmt: skip
    expected = CONV_TRANSPOSE[rank](
        torch.tensor(x), torch.tensor(weight), torch.tensor(bias) if case["bias"] else None,
        case["strides"], amount, more, groups, case["dilations"],
    )  # fmt: skip
    _close(ours, expected)


@pytest.mark.parametrize("size", [7, 9])
def test_conv_transpose_to_another_size_is_refused(size, mb, interpret):
    """Three inputs, a stride of 3 and a kernel of 2 give 8."""
    x, weight = _arrays(0, (1, 1, 3), (1, 1, 2))

    def build(x, size):
        return mb.conv_transpose(x=x, weight=weight, strides=[3], output_shape=[1, 1, size])

    interpret(lambda x: build(x, 8), x)
    with pytest.raises(UnsupportedOp, match=r"'conv_transpose'.*output_shape.*gives 8 on axis 2"):
        interpret(lambda x: build(x, size), x)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 99), rank=st.integers(1, 3), has_bias=st.booleans())
def test_linear_equals_torch(seed, rank, has_bias, mb, interpret):
    x, weight, bias = _arrays(seed, (2, 3, 4)[3 - rank :], (5, 4), 5)
    extra = {"bias": bias} if has_bias else {}
    (ours,) = interpret(lambda x: mb.linear(x=x, weight=weight, **extra), x)
    tensors = [torch.tensor(a) for a in (x, weight, bias)]
    _close(ours, F.linear(*tensors[: 2 + has_bias]))


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 99), flip_x=st.booleans(), flip_y=st.booleans(), batch=st.booleans())
def test_matmul_transposes_and_broadcasts(seed, flip_x, flip_y, batch, mb, interpret):
    x, y = _arrays(seed, (2, 1, *((4, 3) if flip_x else (3, 4))), (5, 4) if flip_y else (4, 5))
    y = np.stack([y, 2 * y, 3 * y]) if batch else y
    (ours,) = interpret(
        lambda x, y: mb.matmul(x=x, y=y, transpose_x=flip_x, transpose_y=flip_y), x, y
    )
    left, right = (np.swapaxes(a, -1, -2) if flip else a for a, flip in ((x, flip_x), (y, flip_y)))
    np.testing.assert_allclose(ours, left @ right, rtol=1e-4, atol=1e-5)


def test_einsum_broadcasts_as_documented(mb, interpret):
    x, y = _arrays(0, (2, 3, 1, 4), (1, 4, 5, 6))
    (ours,) = interpret(lambda x, y: mb.einsum(values=(x, y), equation="nchw,nwhu->nchu"), x, y)
    expected = np.einsum("nchw,nwhu->nchu", np.repeat(x, 5, 2), np.repeat(y, 2, 0))
    np.testing.assert_allclose(ours, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("masked", [True, False])
def test_scaled_dot_product_attention_equals_its_definition(masked, mb, interpret):
    q, k, v, mask = _arrays(0, (1, 2, 3, 4), (1, 2, 5, 4), (1, 2, 5, 4), (3, 5))
    extra = {"attn_mask": mask} if masked else {}
    (ours,) = interpret(
        lambda q, k, v: mb.scaled_dot_product_attention(query=q, key=k, value=v, **extra),
        q, k, v, target="iOS18",
    )  # fmt: skip
    scores = q @ np.swapaxes(k, -1, -2) / 2 + (mask if masked else 0)
    weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    np.testing.assert_allclose(ours, weights @ v, rtol=1e-4, atol=1e-5)
