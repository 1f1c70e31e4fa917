"""What XNNPACK does not take is said otherwise, and nothing else is."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from irrvit.export.executorch.rules import EXECUTORCH
from irrvit.export.rewriting.program import rewritten

IMAGE = torch.zeros(1, 3, 8, 8)


class Net(nn.Module):
    """A function of pixels as a network."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, pixels):
        return self.function(pixels / 100)


def operators(function):
    """The names of the operators that are left of a function."""
    network = rewritten(Net(function).eval(), IMAGE, EXECUTORCH)
    program = torch.export.export(network, (IMAGE,), strict=False)
    calls = [node for node in program.graph.nodes if node.op == "call_function"]
    return {str(node.target).removeprefix("aten.").partition(".")[0] for node in calls}


def attend(x, **how):
    return functional.scaled_dot_product_attention(x, x, x, **how)


CUTS = {
    "layer_norm": lambda x: functional.layer_norm(x, (8,)),
    "group_norm": lambda x: functional.group_norm(x, 3),
    "mean": lambda x: x.mean(1),
    "sum": lambda x: x.sum((1, 2)),
    "adaptive_avg_pool2d": lambda x: functional.adaptive_avg_pool2d(x, 1),
    "scaled_dot_product_attention": attend,
    "std_mean": lambda x: torch.cat(torch.std_mean(x, 1)),
    "softmax": lambda x: x.softmax(1),
    "squeeze": lambda x: x[:, :1].squeeze(1),
    "unsqueeze": lambda x: x.unsqueeze(1),
    "select": lambda x: x[:, 1],
    "unbind": lambda x: torch.cat(x.unbind(2), 1),
    "split": lambda x: torch.cat(x.split(3, 2)[::-1], 2),
    "split_with_sizes": lambda x: torch.cat(x.split([1, 7], 2)[::-1], 2),
    "roll": lambda x: x.roll((1, -2), (2, 3)),
    "slice": lambda x: x[:, :, 0:8],
    "pad": lambda x: functional.pad(x, (0, 0, 0, 0)),
    "hardsigmoid": functional.hardsigmoid,
    "add": lambda x: torch.add(x, x, alpha=0.5),
}


@pytest.mark.parametrize("name", CUTS)
def test_what_would_cut_the_file_in_two_is_gone(name):
    left = operators(CUTS[name])
    assert name not in left - {"mean", "softmax", "add"}  # What is left of these is taken.


def test_every_row_of_its_own_is_tried():
    from irrvit.export.rewriting.rules import EVERYWHERE

    assert set(EXECUTORCH) - set(EVERYWHERE) == set(CUTS) - {"add"}


TAKEN = {
    "a border of a pixel": lambda x: functional.pad(x, (1, 0, 0, 0)),
    "a slice of a part": lambda x: x[:, :, 1:8],
    "the mean of pixels": lambda x: x.mean((2, 3), keepdim=True),
    "a sum of whole numbers": lambda x: (x > 0).sum((2, 3)),
    "a pool to more pixels": lambda x: functional.adaptive_avg_pool2d(x, 2),
    "causal attention": lambda x: attend(x, is_causal=True),
    "attention with a mask of truth values": lambda x: attend(x, attn_mask=x[0, 0] > -1),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_needs_no_other_form_keeps_its_own(name):
    function = TAKEN[name]
    program = torch.export.export(Net(function), (IMAGE,), strict=False)
    kept = {str(node.target) for node in program.graph.nodes if node.op == "call_function"}
    network = rewritten(Net(function).eval(), IMAGE, EXECUTORCH)
    again = torch.export.export(network, (IMAGE,), strict=False)
    left = {str(node.target) for node in again.graph.nodes if node.op == "call_function"}
    marks = ("mean", "sum", "adaptive", "attention", "slice", "pad")
    wanted = {name for name in kept if any(mark in name for mark in marks)}
    assert wanted
    assert wanted <= left


def test_the_mean_is_over_the_last_axes_of_a_map():
    network = rewritten(Net(CUTS["layer_norm"]).eval(), IMAGE, EXECUTORCH)
    program = torch.export.export(network, (IMAGE,), strict=False)
    means = [n for n in program.graph.nodes if n.op == "call_function" and "mean" in str(n.target)]
    assert len(means) == 2
    for node in means:
        assert node.args[0].meta["val"].dim() == 4
        assert list(node.args[1]) == [2, 3]


@pytest.mark.parametrize(
    ("function", "shape"),
    [
        (lambda x: x.softmax(1), (1, 64, 3)),
        (lambda x: x.softmax(-1), (1, 24, 8)),  # Of a map: see the rule.
        (lambda x: (x @ x).softmax(-1), (1, 3, 8, 8)),
        (lambda x: x[0].softmax(-1), (3, 8, 8)),
    ],
)
def test_a_softmax_is_over_the_last_axis_of_what_is_no_map(function, shape):
    network = rewritten(Net(function).eval(), IMAGE, EXECUTORCH)
    program = torch.export.export(network, (IMAGE,), strict=False)
    (found,) = [n for n in program.graph.nodes if "softmax" in str(n.target)]
    assert found.args[1] == -1
    assert tuple(found.args[0].meta["val"].shape) == shape
