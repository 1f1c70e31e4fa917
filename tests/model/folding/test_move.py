"""Modules by their paths."""

from __future__ import annotations

import pytest
from torch import nn

from irrvit.model.folding.move import is_within, paths_of, replace_module


def test_a_shared_module_has_every_name():
    network = nn.Sequential(nn.ReLU(), nn.Tanh())
    network.append(network[0])
    assert paths_of(network, network[0]) == ["0", "2"]
    assert paths_of(network, network[1]) == ["1"]
    assert paths_of(network, nn.ReLU()) == []


@pytest.mark.parametrize(
    ("path", "block", "inside"),
    [
        ("blocks.1", "blocks.1", True),
        ("blocks.1.mlp", "blocks.1", True),
        ("blocks.10", "blocks.1", False),
        ("blocks", "blocks.1", False),
        ("anything", "", True),
        ("", "blocks", False),
    ],
)
def test_a_module_is_within_its_block_and_in_no_namesake(path, block, inside):
    assert is_within(path, block) is inside


def test_a_module_is_replaced_where_it_lies():
    network = nn.Sequential(nn.Sequential(nn.ReLU()), nn.ReLU())
    replace_module(network, "0.0", nn.Sigmoid())
    replace_module(network, "1", nn.Tanh())
    assert [type(m) for m in network.modules() if not isinstance(m, nn.Sequential)] == [
        nn.Sigmoid,
        nn.Tanh,
    ]
