"""Other ways to say what coreai-torch lacks, exactly the same functions."""

from __future__ import annotations

from math import prod

from torch import Tensor


def variance(x: Tensor, axes: list[int], correction: float, keepdim: bool) -> Tensor:
    """As `var`, by the mean of the squares of what is left of the mean."""
    count = prod(x.shape[axis] for axis in axes)
    squares = (x - x.mean(axes, keepdim=True)).square()
    return squares.mean(axes, keepdim=keepdim) * (count / (count - correction))
