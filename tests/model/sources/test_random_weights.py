"""Untrained networks are given weights with which a comparison of outputs means something."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

import pytest
import torch
from torch import nn

from irrvit.model import sources
from irrvit.model.sources import random_weights
from irrvit.model.sources.source import Source
from irrvit.model.spec import InputSpec

NETWORKS = [
    "timm:mobilenetv2_100",
    "timm:mobilenetv3_large_100",
    "timm:mobilenetv4_conv_small",
    "timm:tf_efficientnet_lite0",
    "timm:deit_tiny_patch16_224",
    "timm:swin_tiny_patch4_window7_224",
    "timm:pvt_v2_b0",
    "timm:coat_lite_tiny",
    "timm:repvit_m0_9",
    "timm:fastvit_t8",
    "timm:mobilevit_xs",
    "timm:efficientformerv2_s0",
    "timm:mobileone_s0",
    "timm:levit_128s",
]
PROGRAM = """
import hashlib, sys
from irrvit.model import sources
for name in sys.argv[1:]:
    digest = hashlib.sha256()
    for tensor in sources.load(name).network.state_dict().values():
        digest.update(tensor.numpy().tobytes())
    print(digest.hexdigest())
"""


def assert_healthy(source: Source) -> None:
    """Logits of pictures that the weights were not made on differ, and rounding does not decide."""
    network = source.network
    with random_weights.seeded(99), torch.no_grad():
        images = random_weights.dead_leaves(source.input, 6)
        logits = network(images)
        exact = network.double()(images.double())
    assert torch.isfinite(logits).all()
    assert len(set(logits.argmax(1).tolist())) >= 3
    spread = logits.amax(1) - logits.amin(1)
    assert (spread > 5).all()
    assert (logits.std(0).mean() > 0.3 * logits.std(1).mean()).item()
    assert ((logits - exact).abs().amax(1) < 1e-5 * spread).all()


@pytest.mark.slow
@pytest.mark.needs("timm")
@pytest.mark.parametrize("name", NETWORKS)
def test_networks_of_timm_are_healthy(name):
    source = sources.load(name)
    assert source.weights == "random (seed 0)"
    assert_healthy(source)


@pytest.mark.parametrize(
    "name", ["irrvit_tiny", "irrvit_300m", "irrvit_300m+conv14+class_token+sincos"]
)
def test_ours_are_healthy(name):
    assert_healthy(sources.load(name))


def test_fresh_weights_are_not_healthy():
    """Else all this would not be needed."""
    source = sources.load("irrvit_300m")
    with random_weights.seeded(0):
        fresh = type(source.network)(source.network.variant).eval()  # pyright: ignore
    with pytest.raises(AssertionError):
        assert_healthy(Source("fresh", fresh, source.input, source.labels, "fresh"))


@pytest.mark.slow
@pytest.mark.needs("timm")
def test_other_processes_and_numbers_of_threads_make_the_same_bits():
    names = ["irrvit_tiny", "timm:mobilenetv2_100", "timm:coat_lite_tiny"]
    outputs = [
        subprocess.run(
            [sys.executable, "-c", PROGRAM, *names],
            capture_output=True,
            text=True,
            check=True,
            env=os.environ | {"OMP_NUM_THREADS": threads},
        ).stdout.split()
        for threads in ("1", "2")
    ]
    assert len(set(outputs[0])) == len(names)
    assert outputs[0] == outputs[1]


class Muted(nn.Module):
    """Everything that initialisation does to silence a network."""

    def __init__(self):
        super().__init__()
        self.stem, self.norm = nn.Conv2d(3, 16, 3, 2, 1), nn.BatchNorm2d(16)
        self.branch, self.last = nn.Conv2d(16, 16, 1, bias=False), nn.BatchNorm2d(16)
        self.scale = nn.Parameter(1e-5 * torch.ones(16, 1, 1))
        self.head = nn.Linear(16, 10)
        for parameter in (self.last.weight, self.head.weight, self.head.bias):
            nn.init.zeros_(parameter)

    def forward(self, x):
        x = self.norm(self.stem(x)).relu()
        return self.head((x + self.scale * self.last(self.branch(x)).relu()).mean((2, 3)))


@pytest.fixture
def muted() -> Muted:
    network = Muted()
    random_weights.make_healthy(network, InputSpec(height=32, width=32))
    return network


def test_silenced_parts_are_heard(muted):
    x = torch.randn(4, 3, 32, 32)
    with torch.no_grad():
        logits = muted(x)
        muted.scale.zero_()
        without_branch = muted(x)
    assert (logits.std(0) > 0.1).any()
    assert ((logits - without_branch).abs().amax() > 0.1).item()


def test_normalization_has_statistics_of_pictures(muted):
    for norm in (muted.norm, muted.last):
        assert norm.running_mean is not None
        assert norm.running_var is not None
        assert (norm.running_mean != 0).all()
        assert (norm.running_var != 1).all()


def test_no_affine_parameter_stays_where_it_started(muted):
    for name, parameter in muted.named_parameters():
        assert parameter.min() < parameter.max(), name


def test_leaves_evaluation_mode_and_no_hooks(muted):
    assert not muted.training
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in muted.modules())


def test_restores_threads_and_random_numbers():
    torch.manual_seed(3)
    threads, expected = torch.get_num_threads(), torch.rand(2)
    torch.manual_seed(3)
    random_weights.make_healthy(Muted(), InputSpec(height=32, width=32))
    assert torch.get_num_threads() == threads
    torch.manual_seed(3)
    assert torch.equal(torch.rand(2), expected)


def test_pictures_fill_the_range_of_photographs():
    spec = InputSpec(height=64, width=48, mean=(0, 0, 0), std=(1, 1, 1))
    with random_weights.seeded(1):
        images = random_weights.dead_leaves(spec, 5)
    assert images.shape == (5, 3, 64, 48)
    assert 0 <= images.min() < 0.1
    assert 0.9 < images.max() <= 1
    assert len({hashlib.sha256(i.numpy().tobytes()).hexdigest() for i in images}) == 5
