"""Each other form is the operation, in float64, whatever it is given."""

from typing import Any

import pytest
import torch
from torch.nn import functional

from irrvit.export.executorch import forms

LIMIT: Any = {"rtol": 1e-12, "atol": 1e-12}


def numbers(*shape):
    generator = torch.Generator().manual_seed(sum(shape))
    return torch.randn(*shape, generator=generator, dtype=torch.float64) * 3 + 1


@pytest.mark.parametrize("keepdim", [True, False])
@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((1, 6, 4), [2]),
        ((1, 6, 4), [1]),
        ((1, 6, 4), [-2, -1]),
        ((1, 3, 5, 4), [1]),
        ((1, 3, 5, 4), [3, 1]),
        ((2, 3, 5, 4), [2, 3]),
        ((1, 2, 3, 4, 5), [0, 3]),
        ((4,), [0]),
        ((2, 3), [0, 1]),
    ],
)
def test_means_and_sums_over_any_axes(shape, axes, keepdim):
    x = numbers(*shape)
    torch.testing.assert_close(forms.mean(x, axes, keepdim), x.mean(axes, keepdim), **LIMIT)
    torch.testing.assert_close(forms.total(x, axes, keepdim), x.sum(axes, keepdim), **LIMIT)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(
    ("shape", "last"), [((1, 7, 12), (12,)), ((1, 2, 3, 4), (3, 4)), ((5, 8), (8,))]
)
def test_layer_norm(shape, last, affine):
    given = numbers(*shape), last, *((numbers(*last), numbers(*last, 1)[..., 0]) if affine else ())
    torch.testing.assert_close(
        forms.layer_norm(*given, eps=1e-3), functional.layer_norm(*given, eps=1e-3), **LIMIT
    )


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(("shape", "groups"), [((1, 6, 4, 5), 3), ((2, 6, 4), 1), ((1, 4, 3), 4)])
def test_group_norm(shape, groups, affine):
    channels = shape[1]
    given = numbers(*shape), groups, *((numbers(channels), numbers(channels)) if affine else ())
    torch.testing.assert_close(
        forms.group_norm(*given, eps=1e-3), functional.group_norm(*given, eps=1e-3), **LIMIT
    )


@pytest.mark.parametrize("scale", [None, 0.7])
@pytest.mark.parametrize("mask", [None, numbers(5, 5), numbers(1, 2, 5, 5)])
def test_attention(mask, scale):
    q, k, v = numbers(1, 2, 5, 8), numbers(1, 2, 5, 8) - 1, numbers(1, 2, 5, 6)
    expected = functional.scaled_dot_product_attention(q, k, v, mask, scale=scale)
    got = forms.attention(q, k, v, mask, 0.0, False, scale=scale, enable_gqa=False)
    torch.testing.assert_close(got, expected, **LIMIT)


@pytest.mark.parametrize("index", [0, 2, -1])
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_one_of_an_axis(axis, index):
    x = numbers(3, 4, 5)
    assert torch.equal(forms.selected(x, axis, index), x.select(axis, index))


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_all_of_an_axis(axis):
    x = numbers(3, 4, 5)
    for got, expected in zip(forms.unbound(x, axis), x.unbind(axis), strict=True):
        assert torch.equal(got, expected)


@pytest.mark.parametrize("sizes", [3, 4, 8, 9, [1, 7], [2, 3, 3]])
def test_parts_of_an_axis(sizes):
    x = numbers(2, 8, 3)
    for got, expected in zip(forms.parted(x, sizes, 1), x.split(sizes, 1), strict=True):
        assert torch.equal(got, expected)


@pytest.mark.parametrize("shifts", [(1, 2), (-1, 0), (5, -7), (0, 0)])
def test_a_rolled_map(shifts):
    x = numbers(1, 5, 7, 2)
    assert torch.equal(forms.rolled(x, shifts, (1, 2)), x.roll(shifts, (1, 2)))


@pytest.mark.parametrize("axis", [0, 1, -2, -1])
def test_a_softmax_over_any_axis(axis):
    x = numbers(2, 3, 4, 5)
    torch.testing.assert_close(forms.softmax(x, axis, None), x.softmax(axis), **LIMIT)


def test_a_hard_sigmoid():
    x = numbers(1, 3, 8, 8) * 2
    torch.testing.assert_close(forms.hardsigmoid(x), functional.hardsigmoid(x), **LIMIT)


def test_a_pool_to_one_pixel():
    x = numbers(1, 3, 4, 5)
    expected = functional.adaptive_avg_pool2d(x, 1)
    torch.testing.assert_close(forms.pooled(x, [1, 1]), expected, **LIMIT)
