from __future__ import annotations

import pytest
import torch
from torch import nn

from irrvit.model.folding.check import fold_checked, relative_difference
from irrvit.model.folding.fold import fold, fold_input
from irrvit.model.folding.generic import sole_reader
from irrvit.model.folding.widening import widen
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


def _fold_and_compare(network):
    wide = widen(network)
    folded = fold(wide, SMALL)
    x = torch.randn(2, 3, 8, 8).double()
    with torch.no_grad():
        assert relative_difference(wide(x), folded.network(x)) < 1e-9
    return folded.counts


def test_batch_norm_folds_into_what_feeds_it(looks_trained):
    assert _fold_and_compare(looks_trained(_Net())) == {"batch_norm": 1}


@pytest.mark.parametrize("kind", [_ReadTwice, _CalledTwice, _ChangedBetween])
def test_batch_norm_stays_where_folding_would_be_wrong(kind, looks_trained):
    assert _fold_and_compare(looks_trained(kind())) == {}


class _Untracked(_Net):
    """Statistics of the batch it sees, in eval mode too: there is nothing to fold."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm2d(4, track_running_stats=False)


class _Shared(_Net):
    """One convolution under two names: replacing one of them would leave the other."""

    def __init__(self):
        super().__init__()
        self.again = self.conv


@pytest.mark.parametrize("kind", [_Untracked, _Shared])
def test_batch_norm_stays_where_a_replacement_cannot_stand_for_it(kind):
    assert _fold_and_compare(kind().eval()) == {}


class _NormWithActivation(nn.BatchNorm2d):
    """As timm's BatchNormAct2d: it holds what follows it."""

    def __init__(self, channels: int):
        super().__init__(channels)
        self.drop, self.act = nn.Dropout(0.5), nn.ReLU()

    def forward(self, input):
        return self.act(self.drop(super().forward(input)))


def test_what_a_batch_norm_holds_is_kept(looks_trained):
    network = _Net()
    network.norm = _NormWithActivation(4)
    assert _fold_and_compare(looks_trained(network)) == {"batch_norm": 1}


class _OneConv(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)

    def forward(self, x):
        return self.conv(x).flatten(1)


class _ThenInPlace(_OneConv):
    """As timm's activations: what the convolution made is changed where it lies."""

    def forward(self, x):
        return super().forward(x).relu_()


class _ImageReadTwiceByOne(_OneConv):
    def forward(self, x):
        return (self.conv(x) + self.conv(x)).flatten(1)


class _SecondCallOfOther(_OneConv):
    """Reads the image once, and is used for something else as well."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 3, 3, padding=1)

    def forward(self, x):
        return self.conv(self.conv(x)).flatten(1)


class _TwoNames(_OneConv):
    def __init__(self):
        super().__init__()
        self.alias = self.conv


class _ReadByTwo(_OneConv):
    def __init__(self):
        super().__init__()
        self.other = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        return (self.conv(x) + self.other(x)).flatten(1)


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (_OneConv, "conv"),
        (_ThenInPlace, "conv"),
        (_ImageReadTwiceByOne, None),
        (_SecondCallOfOther, None),
        (_TwoNames, None),
        (_ReadByTwo, None),
    ],
)
def test_scale_of_the_input_moves_only_into_a_sole_reader(kind, path):
    torch.manual_seed(0)
    network = widen(kind().eval())
    assert sole_reader(network, torch.zeros(1, 3, 8, 8).double()) == path
    folded = fold_input(fold(network, SMALL), SMALL)
    assert folded.counts == ({"input_scale": 1} if path else {})
