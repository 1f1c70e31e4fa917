from __future__ import annotations

import pytest
import torch
from torch import nn

from irrvit.model.folding.check import fold_checked, relative_difference
from irrvit.model.folding.fold import fold, widen
from irrvit.model.spec import InputSpec

TIMM = [
    "mobilenetv2_100",
    "mobilenetv3_large_100",
    "mobilenetv4_conv_small",
    "tf_efficientnet_lite0",
    "deit_tiny_patch16_224",
    "swin_tiny_patch4_window7_224",
    "pvt_v2_b0",
    "coat_lite_tiny",
    "repvit_m0_9",
    "fastvit_t8",
    "mobilevit_xs",
    "efficientformerv2_s0",
    "mobileone_s0",
    "levit_128s",
]
SMALL = InputSpec(height=8, width=8)


@pytest.mark.slow
@pytest.mark.needs("timm")
@pytest.mark.parametrize("name", TIMM)
def test_timm_network_folds(name, looks_trained):
    import timm

    torch.manual_seed(0)
    network = looks_trained(timm.create_model(name))
    spec = InputSpec(
        height=network.pretrained_cfg["input_size"][1],
        width=network.pretrained_cfg["input_size"][2],
    )
    pixels = torch.randint(0, 256, (1, 3, spec.height, spec.width))
    candidate, check = fold_checked(network, spec, pixels)
    assert check.max_rel < 1e-9
    assert check.folded["input_scale"] == 1
    assert candidate(pixels.float()).dtype == torch.float32


class _Net(nn.Module):
    """A convolution and a BatchNorm; subclasses do something that forbids a fold."""

    def __init__(self):
        super().__init__()
        self.conv, self.norm = nn.Conv2d(3, 4, 3, padding=1), nn.BatchNorm2d(4)

    def forward(self, x):
        return self.norm(self.conv(x)).flatten(1)


class _ReadTwice(_Net):
    def forward(self, x):
        y = self.conv(x)
        return (self.norm(y) + y).flatten(1)


class _CalledTwice(_Net):
    def forward(self, x):
        return (self.norm(self.conv(x)) + self.conv(-x)).flatten(1)


class _ChangedBetween(_Net):
    def forward(self, x):
        return self.norm(self.conv(x).relu_()).flatten(1)


class _StandardizedConv(nn.Conv2d):
    def forward(self, input):
        weight = self.weight - self.weight.mean((1, 2, 3), keepdim=True)
        weight = weight / weight.std((1, 2, 3), keepdim=True)
        return nn.functional.conv2d(input, weight, self.bias, padding=1)


class _Standardized(_Net):
    def __init__(self):
        super().__init__()
        self.conv = _StandardizedConv(3, 4, 3, padding=1)


def _fold_and_compare(network):
    wide = widen(network)
    folded = fold(wide, SMALL)
    x = torch.randn(2, 3, 8, 8).double()
    with torch.no_grad():
        assert relative_difference(wide(x), folded.network(x)) < 1e-9
    return folded.counts


def test_batch_norm_folds_into_what_feeds_it(looks_trained):
    assert _fold_and_compare(looks_trained(_Net())) == {"batch_norm": 1}


@pytest.mark.parametrize("kind", [_ReadTwice, _CalledTwice, _ChangedBetween, _Standardized])
def test_batch_norm_stays_where_folding_would_be_wrong(kind, looks_trained):
    assert _fold_and_compare(looks_trained(kind())) == {}
