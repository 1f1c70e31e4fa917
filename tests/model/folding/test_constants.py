"""What a saved program computes from its weights alone is computed once, and nothing else is."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

from irrvit.model.folding.check import relative_difference
from irrvit.model.folding.constants import fold_constants
from irrvit.model.folding.widening import numbers_in, widen


class _Calls(nn.Module):
    def __init__(self, call):
        super().__init__()
        torch.manual_seed(0)
        self.weight, self.call = nn.Parameter(torch.randn(4, 6)), call

    def forward(self, x):
        return self.call(x, self.weight)


def _program(network: nn.Module) -> nn.Module:
    x = torch.randn(2, 6)
    return widen(torch.export.export(network.eval(), (x,), strict=False).module())


def _made(program: nn.Module) -> int:
    """How many constants are made of it; right or fails."""
    x = torch.randn(2, 6).double()
    with torch.no_grad(), numbers_in(torch.float64):
        expected = program(x)
        made = len(fold_constants(program))
        assert relative_difference(expected, program(x)) < 1e-12
    return made


@pytest.mark.parametrize("normalize", [weight_norm, spectral_norm])
def test_normalized_weights_become_weights(normalize):
    program = _program(normalize(nn.Linear(6, 4)))
    assert _made(program) == 1
    shapes = sorted(tuple(tensor.shape) for tensor in program.state_dict().values())
    assert shapes == [(4,), (4, 6)]


COMPUTED = {
    "standardized": lambda x, w: x @ (w / w.norm()).T,
    "a table of positions": lambda x, w: x + torch.arange(6, dtype=torch.float32).sin(),
}
STAYS = {
    "read in another shape": lambda x, w: x @ w.T.reshape(6, 2, 2).flatten(1),
    "of the picture": lambda x, w: x @ (w * x.mean()).T,
    "larger than it is worth": lambda x, w: (x.sum() + torch.zeros(1 << 17)).sum()[None, None] + x,
}


@pytest.mark.parametrize("call", COMPUTED.values(), ids=COMPUTED)
def test_what_is_computed_from_weights_is_computed_once(call):
    assert _made(_program(_Calls(call))) == 1


@pytest.mark.parametrize("call", STAYS.values(), ids=STAYS)
def test_what_would_save_nothing_or_be_wrong_stays(call):
    assert _made(_program(_Calls(call))) == 0


def test_a_constant_that_feeds_a_large_one_is_computed():
    program = _program(_Calls(lambda x, w: ((w * 2).sum() * torch.ones(1 << 17)).mean() + x))
    assert _made(program) == 1
