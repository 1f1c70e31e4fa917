"""The layer that departs is named by the values of a file, whatever it calls or turns them."""

import numpy as np
import pytest
import torch
from torch import nn

from irrvit.export.pixels import image_tensor
from irrvit.export.proof.explain import explain
from irrvit.export.proof.operations import run_operations, where

PIXELS = np.random.default_rng(0).uniform(0, 255, (1, 6, 8, 3)).astype(np.float32)


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.body = nn.Sequential(nn.ReLU(), nn.Conv2d(4, 5, 1))
        self.head = nn.Linear(5, 7)
        self.register_buffer("unused", torch.ones(2))

    def forward(self, x):
        return self.head(self.body(self.stem(x / 255)).mean((2, 3)))


@pytest.fixture(scope="module")
def network():
    torch.manual_seed(0)
    return Net().eval()


@pytest.fixture(scope="module")
def values(network):
    """Every value of the network, by the module that makes it, in order."""
    outputs = run_operations(network, image_tensor(PIXELS).contiguous())
    return {where(node).split(" ")[0] + f"#{i}": value.numpy()
            for i, (node, value) in enumerate(outputs.items())}  # fmt: skip


def sentence(network, traced, max_rel=1e-5):
    return explain(network, PIXELS, [("made up", value) for value in traced], max_rel)


def test_all_operations_on_the_image_are_run_in_order(values):
    modules = [name.partition("#")[0] for name in values]
    assert modules == ["the", "stem", "body.0", "body.1", "the", "head"]


def test_a_file_with_all_values_has_no_departing_layer(network, values):
    assert sentence(network, values.values()).startswith("every layer of the file agrees")


@pytest.mark.parametrize(
    "turn",
    [
        lambda v: v.transpose(0, 2, 3, 1) if v.ndim == 4 else v,  # Channels last.
        lambda v: v.reshape(-1),
        lambda v: v[..., None, None],
        lambda v: v.astype(np.float64),
    ],
)
def test_values_are_known_in_any_layout_and_type(network, values, turn):
    turned = [turn(value) for value in values.values()]
    assert sentence(network, turned).startswith("every layer of the file agrees")


def broken_from(values, name, by):
    """The values of a file in which one departs, and all that follow it."""
    broken, departed = [], False
    for key, value in values.items():
        departed = departed or key.startswith(name)
        broken.append(value + by * np.abs(value).max() if departed else value)
    return broken


@pytest.mark.parametrize(
    ("name", "before"),
    [("stem", "the input (div"), ("body.1", "body.0 (relu"), ("head", "the input (mean")],
)
def test_the_first_layer_whose_value_is_lost_is_named_with_what_agrees_before(
    network, values, name, before
):
    text = sentence(network, broken_from(values, name, 0.01))
    assert text.startswith(f"the first output that departs is that of {name} (")
    assert f"(its input from {before}" in text
    assert text.endswith("agrees)")


@pytest.mark.parametrize(("by", "departs"), [(0.9e-3, False), (1.1e-3, True)])
def test_what_departs_by_less_than_the_limit_agrees(network, values, by, departs):
    text = sentence(network, broken_from(values, "head", by), max_rel=1e-3)
    assert text.startswith("the first output that departs") is departs


def test_a_value_that_a_converter_fused_away_is_not_missed(network, values):
    without = [value for name, value in values.items() if not name.startswith("body.0")]
    assert sentence(network, without).startswith("every layer of the file agrees")


@pytest.mark.filterwarnings("error")
def test_values_that_are_no_numbers_are_left_aside(network, values):
    """What a runtime never wrote, in a buffer that it shows all the same."""
    odd = [np.full_like(value, what) for value in values.values() for what in (np.inf, np.nan)]
    said = sentence(network, [*odd, *values.values()])
    assert said.startswith("every layer of the file agrees")


def test_values_that_are_no_floats_are_left_aside(network, values):
    whole = [*values.values(), np.arange(7), np.zeros((1, 7), bool)]
    assert sentence(network, whole).startswith("every layer of the file agrees")


def test_a_file_without_any_value_departs_at_its_first_operation(network):
    assert "is that of the input (" in sentence(network, [])


def test_the_module_of_an_operation_is_told_with_its_shape(network):
    nodes = list(run_operations(network, image_tensor(PIXELS).contiguous()))
    assert where(nodes[1]) == "stem (conv2d, 1x4x6x8)"
