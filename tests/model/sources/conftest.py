"""Weights that fit the smallest network and are not its own."""

from __future__ import annotations

import pytest
import torch

from irrvit.model import sources


@pytest.fixture(scope="session")
def state() -> dict[str, torch.Tensor]:
    """A state_dict of `irrvit_tiny`."""
    network = sources.load("irrvit_tiny").network
    generator = torch.Generator().manual_seed(5)
    return {
        k: v + 0.1 * torch.rand(v.shape, generator=generator) if v.is_floating_point() else v
        for k, v in network.state_dict().items()
    }
