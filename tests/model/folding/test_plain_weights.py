"""Weights that a layer computes are computed once, and only where the picture has no part in it."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations
from torch.nn.utils import spectral_norm as old_spectral_norm

from irrvit.model.folding.check import relative_difference
from irrvit.model.folding.fold import fold
from irrvit.model.folding.widening import widen
from irrvit.model.spec import InputSpec

SPEC = InputSpec(height=8, width=8)


class _Standardized(nn.Conv2d):
    """As timm's StdConv2d."""

    def weights(self):
        flat = self.weight.reshape(1, self.out_channels, -1)
        return F.batch_norm(flat, None, None, training=True).reshape_as(self.weight)

    def forward(self, input):
        return F.conv2d(input, self.weights(), self.bias, self.stride, self.padding)


class _SamePadded(_Standardized):
    """As timm's StdConv2dSame."""

    def forward(self, input):
        return super().forward(F.pad(input, (0, 1, 1, 2)))


class _PaddedByOnes(_Standardized):
    def forward(self, input):
        return super().forward(F.pad(input, (1, 1), value=1.0))


class _WeightsOfThePicture(_Standardized):
    """As CondConv: which weights it uses depends on what it sees."""

    def forward(self, input):
        return F.conv2d(input, self.weights() * input.mean(), self.bias)


class _ScalesItsOutput(_Standardized):
    def forward(self, input):
        return super().forward(input) * 2


class _Net(nn.Module):
    def __init__(self, first: nn.Module):
        super().__init__()
        self.first, self.norm = first, nn.BatchNorm2d(4)

    def forward(self, x):
        return self.norm(self.first(x)).flatten(1)


def _counts(layer: nn.Module, looks_trained) -> dict[str, int]:
    """What is folded in a network that begins with this layer and a BatchNorm; right or fails."""
    wide, x = widen(looks_trained(_Net(layer))), torch.randn(2, 3, 8, 8).double()
    folded = fold(wide, SPEC)
    with torch.no_grad():
        assert relative_difference(wide(x), folded.network(x)) < 1e-12
    return folded.counts


@pytest.mark.parametrize("kind", [_Standardized, _SamePadded])
def test_a_standardized_convolution_becomes_a_plain_one(kind, looks_trained):
    assert _counts(kind(3, 4, 3), looks_trained) == {"batch_norm": 1, "computed_weight": 1}


@pytest.mark.parametrize("kind", [_PaddedByOnes, _WeightsOfThePicture, _ScalesItsOutput])
def test_a_layer_that_is_more_than_that_stays(kind, looks_trained):
    assert _counts(kind(3, 4, 3), looks_trained) == {}


@pytest.mark.parametrize(
    "normalize",
    [parametrizations.weight_norm, parametrizations.spectral_norm, old_spectral_norm],
    ids=["weight_norm", "spectral_norm", "old spectral_norm"],
)
def test_a_parametrization_is_removed_and_then_folded(normalize, looks_trained):
    layer = normalize(nn.Conv2d(3, 4, 3))
    layer(torch.randn(1, 3, 8, 8))
    assert _counts(layer, looks_trained) == {"batch_norm": 1, "parametrization": 1}


def test_a_fold_that_is_left_out_is_not_made(looks_trained):
    wide = widen(looks_trained(_Net(_Standardized(3, 4, 3))))
    moves = fold(wide, SPEC).moves
    assert [move.kind for move in moves] == ["computed_weight", "batch_norm"]
    assert fold(wide, SPEC, moves[:1]).counts == {}
    assert fold(wide, SPEC, moves[1:]).counts == {"computed_weight": 1}
