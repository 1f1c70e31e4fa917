"""How a step is computed fast: what stays in float32, and what is compiled."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class _Float32Conv(nn.Conv2d):
    """A convolution that autocast leaves alone: (B, C_in, H, W) -> (B, C_out, h, w) float32."""

    def forward(self, input: Tensor) -> Tensor:
        with torch.autocast(input.device.type, enabled=False):
            return super().forward(input.float())


def keep_fast(network: nn.Module) -> None:
    """Let strided depthwise convolutions compute in float32 under autocast, in place.

    Their gradient in bfloat16 took a CPU 12 to 18 times as long (docs/training.md).
    """
    for module in network.modules():
        if type(module) is nn.Conv2d and module.groups > 1 and max(module.stride) > 1:
            module.__class__ = _Float32Conv


def quick(network: nn.Module, device: torch.device) -> nn.Module:
    """The same network and weights as a GPU computes it fastest; on other devices itself.

    A compiled step on a CPU was no faster (docs/training.md).
    """
    if device.type != "cuda":
        return network
    torch.backends.cudnn.benchmark = True
    compiled = torch.compile(network)
    assert isinstance(compiled, nn.Module)
    return compiled
