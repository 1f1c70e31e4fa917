"""Regions that change nothing are taken apart, and the network says what it said."""

from __future__ import annotations

import json

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from irrvit.model import sources
from irrvit.model.errors import BadProgram

GRAPH = "models/model.json"


def _no_grad(x):
    with torch.no_grad():
        y, z = x * 2, x.sin()
    return y + z * x


def _gives_what_it_was_given(x):
    with torch.no_grad():
        y = x + 1
        z = y.clone()
    with torch.no_grad():
        z = y * z
    return z


def _nested(x):
    with torch.no_grad():
        y = x * 2
        with torch.enable_grad():
            y = y + x.sin()
        y = y * x
    return y


def _autocast(device, **options):
    def region(x):
        with torch.autocast(device, **options):
            y = x @ x.transpose(-1, -2)
        return y.float()

    return region


REGIONS = {
    "no_grad": _no_grad,
    "two, one after the other": _gives_what_it_was_given,
    "one in the other": _nested,
    "autocast that is off": _autocast("cpu", enabled=False),
    "autocast of another device": _autocast("cuda"),
}


class _Net(nn.Module):
    def __init__(self, region):
        super().__init__()
        torch.manual_seed(0)
        self.conv, self.head, self.region = nn.Conv2d(3, 4, 3), nn.Linear(4, 5), region

    def forward(self, x):
        return self.head(self.region(self.conv(x)).mean((2, 3)))


def _saved(network: nn.Module, path) -> torch.Tensor:
    """Save a network, and say what it answers to a picture."""
    picture = _picture()
    torch.export.save(torch.export.export(network.eval(), (picture,)), path)
    with torch.no_grad():
        return network(picture)


def _picture() -> torch.Tensor:
    return torch.randn(1, 3, 8, 8, generator=torch.Generator().manual_seed(1))


@pytest.mark.filterwarnings("ignore:.*CUDA is not available")
@pytest.mark.parametrize("region", REGIONS.values(), ids=REGIONS)
def test_a_region_that_changes_nothing_is_taken_apart(region, tmp_path, contents):
    path = tmp_path / "net.pt2"
    expected = _saved(_Net(region), path)
    assert b"higher_order" in contents(path)[GRAPH]
    network = sources.load(str(path)).network
    with torch.no_grad():
        assert torch.equal(network(_picture()), expected)


def test_a_region_in_half_precision_is_refused_in_a_sentence(tmp_path):
    _saved(_Net(_autocast("cpu", dtype=torch.bfloat16)), tmp_path / "net.pt2")
    with pytest.raises(BadProgram, match=r"net.pt2' computes a part in half precision"):
        sources.load(str(tmp_path / "net.pt2"))


def _region_of(data):
    nodes = data["graph_module"]["graph"]["nodes"]
    return next(node for node in nodes if "higher_order" in node["target"])


def _hide_eval(data):
    region = next(
        a["arg"]["as_graph"] for a in _region_of(data)["inputs"] if "as_graph" in a["arg"]
    )
    region["graph"]["nodes"][0]["target"] = "builtins.eval"


def _give_it_to_another(data):
    _region_of(data)["target"] = "torch.ops.aten.relu.default"


def _take_it_away(data):
    node = _region_of(data)
    node["inputs"] = [a for a in node["inputs"] if "as_graph" not in a["arg"]]


def _call_it_otherwise(data):
    _region_of(data)["target"] = "torch.ops.higher_order.cond"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_hide_eval, "is not an operator of aten"),
        (_call_it_otherwise, "is not an operator of aten"),
        (_give_it_to_another, "gives a graph to 'torch.ops.aten.relu.default'"),
        (_take_it_away, "has an empty 'torch.ops.higher_order.wrap_with_set_grad_enabled'"),
    ],
)
def test_what_hides_in_a_region_is_refused(change, said, tmp_path, edited):
    _saved(_Net(_no_grad), tmp_path / "good.pt2")
    path = edited(tmp_path / "good.pt2", tmp_path / "net.pt2", GRAPH, change)
    with pytest.raises(BadProgram, match=said):
        sources.load(str(path))


def test_names_inside_and_around_do_not_meet(tmp_path, edited):
    _saved(_Net(_no_grad), tmp_path / "good.pt2")

    def collide(data):
        text = json.dumps(data).replace('"linear"', '"submod_1_mul"')
        data.update(json.loads(text))

    path = edited(tmp_path / "good.pt2", tmp_path / "net.pt2", GRAPH, collide)
    with pytest.raises(BadProgram, match="values of the same name inside and around"):
        sources.load(str(path))


def test_a_batch_norm_without_statistics_is_named(tmp_path):
    network = _Net(nn.BatchNorm2d(4, track_running_stats=False))
    expected = _saved(network, tmp_path / "net.pt2")
    source = sources.load(str(tmp_path / "net.pt2"))
    with torch.no_grad():
        assert torch.equal(source.network(_picture()), expected)
    assert any("1 BatchNorm without running statistics" in said for said in source.warnings)


class _Standardized(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(4, 4, 1, 1))

    def forward(self, x):
        flat = self.weight.reshape(1, 4, -1)
        weight = F.batch_norm(flat, None, None, training=True).reshape_as(self.weight)
        return F.conv2d(x, weight)


def test_weights_that_are_standardized_are_no_pictures(tmp_path):
    _saved(_Net(_Standardized()), tmp_path / "net.pt2")
    warnings = sources.load(str(tmp_path / "net.pt2")).warnings
    assert not any("BatchNorm" in said for said in warnings)


def test_train_mode_is_refused_where_statistics_are_there(tmp_path):
    network = _Net(nn.BatchNorm2d(4))
    torch.export.save(torch.export.export(network.train(), (_picture(),)), tmp_path / "net.pt2")
    with pytest.raises(BadProgram):
        sources.load(str(tmp_path / "net.pt2"))


@pytest.mark.parametrize("name", ["conv-1", "conv:1", "conv/1", "conv 1"])
def test_layers_may_have_names_that_are_no_identifiers(name, tmp_path):
    network = _Net(nn.ModuleDict({name: nn.Conv2d(4, 4, 1)}))
    network.region.forward = lambda x: network.region[name](x)
    expected = _saved(network, tmp_path / "net.pt2")
    with torch.no_grad():
        assert torch.equal(sources.load(str(tmp_path / "net.pt2")).network(_picture()), expected)
