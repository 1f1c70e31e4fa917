"""The peers cost what the variants cost that they are compared with."""

import pytest
import torch

from irrvit.model.macs import count_macs
from irrvit.model.training import peers

pytestmark = pytest.mark.needs("timm")


def test_mobilenetv2_costs_60_mmacs_within_5_percent():
    peer = peers.find("mobilenetv2_60m")
    assert peer is not None
    network = peer.build(200).eval()
    images = torch.zeros(1, 3, 56, 56)
    assert count_macs(network, images) == pytest.approx(59.3e6, rel=0.05)
    assert network(images).shape == (1, 200)


def test_a_name_that_is_no_peer_finds_none():
    assert peers.find("irrvit_tiny") is None
