"""Networks whose statistics look trained: a fold of fresh ones proves nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import torch
from torch import nn

NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)


def _shift(network: nn.Module) -> nn.Module:
    """Move every norm and every bias away from where it started; leaves eval mode on."""
    draw = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for module in network.modules():
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                assert module.running_mean is not None
                assert module.running_var is not None
                module.running_mean.add_(torch.randn(module.num_features, generator=draw) * 0.3)
                module.running_var.mul_(torch.rand(module.num_features, generator=draw) + 0.5)
            if isinstance(module, NORMS) and module.weight is not None:
                module.weight.mul_(torch.rand(module.weight.shape, generator=draw) + 0.5)
        for name, parameter in network.named_parameters():
            if "bias" in name or "token" in name or "position" in name or "global" in name:
                parameter.add_(torch.randn(parameter.shape, generator=draw) * 0.3)
    return network.eval()


@pytest.fixture(scope="session")
def looks_trained() -> Callable[[nn.Module], nn.Module]:
    """A function that shifts a network's statistics and biases in place and returns it."""
    return _shift
