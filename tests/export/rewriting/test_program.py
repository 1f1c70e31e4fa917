"""A form that is not the same function never reaches a file."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from irrvit.export.errors import UnsupportedOp
from irrvit.export.rewriting.program import Form, Rewritten, rewritten

EXAMPLE = torch.zeros(1, 3, 4, 4)


class _Net(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.conv = nn.Conv2d(3, 4, 1)

    def forward(self, x):
        return (self.conv(x) / 255).tanh().mean((2, 3))


def by_exponents(x):
    return 1 - 2 / ((2 * x).exp() + 1)


def nearly(x):
    return by_exponents(x) * (1 + 1e-8)


def scaled(factor, x):
    return by_exponents(x) * factor


def test_the_same_function_takes_its_place():
    network = _Net().eval()
    other = rewritten(network, EXAMPLE, {"tanh": lambda node: Form(by_exponents)})
    assert isinstance(other, Rewritten)
    assert {p.dtype for p in other.parameters()} == {torch.float32}
    pixels = torch.rand(1, 3, 4, 4) * 255
    with torch.no_grad():
        torch.testing.assert_close(other(pixels), network(pixels))
    assert {p.dtype for p in network.parameters()} == {torch.float32}


def test_another_function_is_a_fault_of_ours():
    with pytest.raises(UnsupportedOp, match="please report it"):
        rewritten(_Net().eval(), EXAMPLE, {"tanh": lambda node: Form(nearly)})


@pytest.mark.parametrize(("factor", "holds"), [(1 + 5e-10, True), (1 + 2e-9, False)])
def test_the_limit_is_that_of_folding(factor, holds):
    constants = (torch.tensor(factor, dtype=torch.float64),)
    rules = {"tanh": lambda node: Form(scaled, constants)}
    if holds:
        assert isinstance(rewritten(_Net().eval(), EXAMPLE, rules), Rewritten)
    else:
        with pytest.raises(UnsupportedOp):
            rewritten(_Net().eval(), EXAMPLE, rules)


def test_a_network_without_such_operations_is_itself():
    network = _Net().eval()
    assert rewritten(network, EXAMPLE, {"tanh": lambda node: None}) is network
    assert rewritten(network, EXAMPLE, {"gelu": lambda node: Form(nearly)}) is network


def test_eval_may_be_called_on_what_was_rewritten():
    other = rewritten(_Net().eval(), EXAMPLE, {"tanh": lambda node: Form(by_exponents)})
    assert nn.Sequential(other).eval()[0] is other
