"""Under autocast, what is slow in bfloat16 computes in float32, and nothing else does."""

import copy

import pytest
import torch
from torch import nn

from irrvit.model.network import variants
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.training.precision import keep_fast, quick

CASES = [
    (nn.Conv2d(8, 8, 3, stride=2, groups=8), torch.float32),
    (nn.Conv2d(8, 8, 5, stride=(1, 4), groups=8), torch.float32),
    (nn.Conv2d(8, 8, 3, stride=1, groups=8), torch.bfloat16),
    (nn.Conv2d(8, 8, 3, stride=2), torch.bfloat16),
]


@pytest.mark.parametrize(("conv", "expected"), CASES, ids=lambda case: str(case))
def test_strided_depthwise_convolutions_alone_compute_in_float32(conv, expected):
    network = nn.Sequential(conv)
    keep_fast(network)
    with torch.autocast("cpu", torch.bfloat16):
        assert network(torch.rand(1, 8, 14, 14)).dtype == expected


def test_a_copy_computes_with_its_own_weights():
    conv = nn.Conv2d(8, 8, 3, stride=2, groups=8)
    network = nn.Sequential(conv)
    keep_fast(network)
    copied = copy.deepcopy(network)
    images = torch.rand(1, 8, 14, 14)
    before = copied(images)
    with torch.no_grad():
        conv.weight.zero_()
    assert torch.equal(copied(images), before)


def test_a_network_keeps_its_weights_names_and_outputs():
    network = IRRViT(variants.get("irrvit_tiny"), 5).eval()
    images = torch.rand(2, 3, 56, 56)
    before, names = network(images), list(network.state_dict())
    keep_fast(network)
    assert list(network.state_dict()) == names
    assert torch.equal(network(images), before)


def test_a_cpu_computes_the_network_as_it_is():
    network = nn.Conv2d(3, 4, 1)
    assert quick(network, torch.device("cpu")) is network
