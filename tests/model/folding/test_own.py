"""What a part offers to fold is one thing: the outermost part that offers it."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from irrvit.model.folding.check import fold_checked
from irrvit.model.folding.move import Move
from irrvit.model.folding.own import fold_own
from irrvit.model.spec import InputSpec


class _Doubles(nn.Module):
    """`x + x`, which it can say in one operation."""

    def forward(self, x):
        return x + x

    def fuse(self):
        return _Scales(2.0)


class _Scales(nn.Module):
    def __init__(self, factor):
        super().__init__()
        self.factor = factor

    def forward(self, x):
        return x * self.factor


class _MovesWork(nn.Module):
    """Its second part takes over what the first does: alone neither is what it was."""

    def __init__(self):
        super().__init__()
        self.first, self.second = nn.Linear(3, 3), nn.Linear(3, 4)
        self.is_merged = False

    def forward(self, x):
        x = x.transpose(1, -1)
        return self.second(x if self.is_merged else self.first(x)).transpose(1, -1)

    def reparameterize(self):
        assert isinstance(self.first, nn.Linear)
        self.second.bias.add_(self.second.weight @ self.first.bias)
        self.second.weight.copy_(self.second.weight @ self.first.weight)
        self.first, self.is_merged = nn.Identity(), True


class _Wrong(_MovesWork):
    def reparameterize(self):
        super().reparameterize()
        self.second.bias.add_(0.1)


class _TimmNet(nn.Module):
    __module__ = "timm.models.made_up"

    def __init__(self, *parts):
        super().__init__()
        self.blocks = nn.Sequential(*parts)

    def forward(self, x):
        return self.blocks(x).flatten(1)


SPEC = InputSpec(height=4, width=4)


def test_the_outermost_part_is_folded_as_one():
    network = _TimmNet(_MovesWork(), _Doubles()).eval()
    assert fold_own(network) == [
        Move("reparameterization", ("blocks.0",)),
        Move("reparameterization", ("blocks.1",)),
    ]
    assert isinstance(network.blocks[1], _Scales)


def test_work_that_moves_between_siblings_is_no_difference():
    torch.manual_seed(0)
    network = _TimmNet(_MovesWork()).eval()
    _, check = fold_checked(network, SPEC, torch.rand(1, 3, 4, 4) * 255)
    assert check.folded["reparameterization"] == 1
    assert check.max_rel < 1e-12
    assert check.findings == ()


def test_a_fold_that_does_not_hold_is_left_out_and_said():
    torch.manual_seed(0)
    network = _TimmNet(_MovesWork(), _Wrong(), _Doubles()).eval()
    network.blocks[1] = nn.Sequential(nn.Conv2d(4, 3, 1), _Wrong()).eval()
    _, check = fold_checked(network, SPEC, torch.rand(1, 3, 4, 4) * 255)
    assert check.folded["reparameterization"] == 2
    assert check.max_rel < 1e-12
    (finding,) = check.findings
    assert finding.startswith(
        "1 folds (reparameterization) were left out: folding changed blocks.1.1"
    )


def test_networks_of_others_offer_nothing():
    assert fold_own(nn.Sequential(_Doubles())) == []


@pytest.mark.needs("timm")
@pytest.mark.parametrize("name", ["test_nfnet", "repghostnet_050"])
def test_networks_of_timm_that_were_refused_fold(name):
    import timm

    from irrvit.model.sources import random_weights

    torch.manual_seed(0)
    network, spec = timm.create_model(name).eval(), InputSpec(height=64, width=64)
    random_weights.make_healthy(network, spec)
    _, check = fold_checked(network, spec, torch.rand(1, 3, 64, 64) * 255)
    assert check.findings == ()
    assert check.max_rel < 1e-9
    assert {"computed_weight", "reparameterization"} & set(check.folded)
