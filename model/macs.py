"""Multiply-accumulates of a network, by PyTorch's own counter."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode


def count_macs(network: nn.Module, example: torch.Tensor) -> int:
    """Multiply-accumulates of convolutions, linear layers and matrix products, attention included.

    FLOPs are twice that (the counter's convention). The counter does not know the fused attention
    kernels of the CPU, so attention is run as the two products that it is.
    """
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), sdpa_kernel(SDPBackend.MATH), counter:
        network(example)
    return counter.get_total_flops() // 2
