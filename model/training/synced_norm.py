"""BatchNorm over the pictures of all processes, so that their number does not change training.

PyTorch's own SyncBatchNorm refuses to run on a CPU.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn


class _Sum(torch.autograd.Function):
    """Sum over processes; its gradient is the sum of theirs."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return _summed(x)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        return _summed(gradients[0])


class SyncedBatchNorm(nn.BatchNorm2d):
    """`nn.BatchNorm2d` for equal parts of a batch in several processes: (B, C, H, W), same out."""

    def forward(self, input: Tensor) -> Tensor:
        if not self.training:
            return super().forward(input)
        mean = _mean(input)
        centred = input - mean.view(1, -1, 1, 1)
        variance = _mean(centred.square())
        self._remember(mean, variance, count=dist.get_world_size() * input[:, 0].numel())
        scale = self.weight * (variance + self.eps).rsqrt()
        return centred * scale.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1)

    def _remember(self, mean: Tensor, variance: Tensor, *, count: int) -> None:
        assert self.running_mean is not None
        assert self.running_var is not None
        assert self.momentum is not None
        unbiased = variance.detach() * count / (count - 1)
        self.running_mean.lerp_(mean.detach(), self.momentum)
        self.running_var.lerp_(unbiased, self.momentum)
        if self.num_batches_tracked is not None:
            self.num_batches_tracked.add_(1)


def sync_norms(network: nn.Module) -> None:
    """Replace every BatchNorm inside a network by one that looks at all processes' pictures."""
    for module in list(network.modules()):
        for name, child in module.named_children():
            if type(child) is nn.BatchNorm2d:
                setattr(module, name, _synced(child))


def _synced(norm: nn.BatchNorm2d) -> SyncedBatchNorm:
    where = {"device": norm.weight.device, "dtype": norm.weight.dtype}
    synced = SyncedBatchNorm(norm.num_features, norm.eps, norm.momentum, **where)
    synced.load_state_dict(norm.state_dict())
    return synced


def _mean(x: Tensor) -> Tensor:
    """Of each channel, over the pictures of all processes: (B, C, H, W) -> (C)."""
    total = _Sum.apply(x.mean((0, 2, 3)))
    assert isinstance(total, Tensor)
    return total / dist.get_world_size()


def _summed(x: Tensor) -> Tensor:
    x = x.contiguous().clone()
    dist.all_reduce(x)
    return x
