"""Normalizations; variances are those of the whole, not of a sample."""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F


def _batch_norm(
    x: Tensor,
    mean: Tensor,
    variance: Tensor,
    epsilon: float,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
) -> Tensor:
    return F.batch_norm(x, mean, variance, gamma, beta, eps=epsilon)


def _instance_norm(
    x: Tensor, epsilon: float, gamma: Tensor | None = None, beta: Tensor | None = None
) -> Tensor:
    # As a group per channel: torch's instance_norm refuses a map of one pixel.
    return F.group_norm(x, x.shape[1], gamma, beta, epsilon)


def _layer_norm(
    x: Tensor,
    axes: list[int],
    epsilon: float,
    gamma: Tensor | None = None,
    beta: Tensor | None = None,
) -> Tensor:
    """The axes need not be the last ones; gamma and beta have their sizes, in order."""
    last = sorted(axis % x.dim() for axis in axes)
    order = [axis for axis in range(x.dim()) if axis not in last] + last
    sizes = [x.shape[axis] for axis in last]
    y = F.layer_norm(x.permute(order), sizes, gamma, beta, epsilon)
    return y.permute([order.index(axis) for axis in range(x.dim())])


def _l2_norm(x: Tensor, epsilon: float) -> Tensor:
    squares = x.square().sum(dim=(-3, -2, -1), keepdim=True)
    return x / (squares + epsilon).sqrt()


def _local_response_norm(x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    return F.local_response_norm(x, size, alpha, beta, k)


OPERATIONS = {
    "batch_norm": _batch_norm,
    "instance_norm": _instance_norm,
    "l2_norm": _l2_norm,
    "layer_norm": _layer_norm,
    "local_response_norm": _local_response_norm,
}
