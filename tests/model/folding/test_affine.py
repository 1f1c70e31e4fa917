"""The algebra, layer by layer: what moves into a layer is what it computed outside of it."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from irrvit.model.folding.affine import (
    batch_norm_affine,
    fold_after,
    fold_before,
    fold_layer_norm,
    plain_layer_norm,
    with_weights,
)

LAYERS = {
    "linear": (lambda bias: nn.Linear(6, 4, bias=bias), (5, 6)),
    "convolution": (lambda bias: nn.Conv2d(6, 4, 3, 2, 1, bias=bias), (2, 6, 9, 9)),
    "depthwise": (lambda bias: nn.Conv2d(4, 4, 3, groups=4, bias=bias), (2, 4, 9, 9)),
    "convolution in 1-D": (lambda bias: nn.Conv1d(6, 4, 3, bias=bias), (2, 6, 9)),
}


@pytest.fixture(autouse=True)
def _double():
    torch.manual_seed(0)
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def along_channels(values: torch.Tensor, output: torch.Tensor) -> torch.Tensor:
    return values if output.ndim == 2 else values.view(-1, *[1] * (output.ndim - 2))


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("name", LAYERS)
def test_scale_and_shift_after_a_layer(name, bias):
    make, shape = LAYERS[name]
    layer, x = make(bias), torch.randn(shape)
    scale, shift = torch.randn(4), torch.randn(4)
    y = layer(x)
    expected = along_channels(scale, y) * y + along_channels(shift, y)
    torch.testing.assert_close(fold_after(layer, scale, shift)(x), expected)


@pytest.mark.parametrize("shift", [True, False])
@pytest.mark.parametrize("bias", [True, False])
def test_scale_and_shift_before_a_linear_layer(bias, shift):
    layer, x, scale = nn.Linear(6, 4, bias=bias), torch.randn(5, 6), torch.randn(6)
    moved = torch.randn(6) if shift else None
    expected = layer(scale * x + (moved if moved is not None else 0))
    folded = fold_before(layer, scale, moved)
    torch.testing.assert_close(folded(x), expected)
    assert (folded.bias is not None) == (bias or shift)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(
    ("norm", "shape"), [(nn.BatchNorm2d, (3, 4, 5, 5)), (nn.BatchNorm1d, (3, 4))]
)
def test_batch_norm_is_a_scale_and_a_shift(norm, shape, affine):
    norm = norm(4, eps=0.1, affine=affine).eval()
    norm.running_mean.normal_()
    norm.running_var.uniform_(0.5, 2)
    if affine:
        nn.init.normal_(norm.weight)
        nn.init.normal_(norm.bias)
    x = torch.randn(shape)
    scale, shift = (along_channels(v, x) for v in batch_norm_affine(norm))
    torch.testing.assert_close(scale * x + shift, norm(x))


@pytest.mark.parametrize(("affine", "bias"), [(True, True), (True, False), (False, False)])
def test_layer_norm_moves_into_all_that_read_it(affine, bias):
    norm = nn.LayerNorm(6, eps=0.1, elementwise_affine=affine, bias=bias)
    for parameter in norm.parameters():
        nn.init.normal_(parameter)
    readers, x = [nn.Linear(6, 4), nn.Linear(6, 3, bias=False)], torch.randn(5, 6)
    plain = plain_layer_norm(norm)
    assert list(plain.parameters()) == []
    for reader, folded in zip(readers, fold_layer_norm(norm, readers), strict=True):
        torch.testing.assert_close(folded(plain(x)), reader(norm(x)))


def test_plain_layer_norm_keeps_shape_and_epsilon():
    plain = plain_layer_norm(nn.LayerNorm([3, 4], eps=0.25))
    assert (plain.normalized_shape, plain.eps) == ((3, 4), 0.25)


class TestWithWeights:
    def test_is_the_layer_with_other_weights(self):
        layer = nn.Conv2d(4, 4, 3, stride=2, padding=1, groups=2)
        weight, x = torch.randn_like(layer.weight), torch.randn(1, 4, 8, 8)
        replaced = with_weights(layer, weight, None)
        expected = nn.functional.conv2d(x, weight, None, 2, 1, groups=2)
        torch.testing.assert_close(replaced(x), expected)

    def test_shares_nothing_with_the_old_layer_nor_with_what_was_given(self):
        layer = nn.Linear(3, 2)
        before, weight, bias = copy.deepcopy(layer.state_dict()), torch.ones(2, 3), torch.ones(2)
        replaced = with_weights(layer, weight, bias)
        weight.zero_()
        bias.zero_()
        assert (replaced.weight == 1).all()
        assert (replaced.bias == 1).all()
        with torch.no_grad():
            replaced.weight.zero_()
        assert all(torch.equal(layer.state_dict()[k], before[k]) for k in before)
