"""A network as it is handed around: with its preprocessing, its labels and its weights' origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from irrvit.model.spec import InputSpec

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Source:
    """A network with all that comes with it.

    Attributes:
        network: the unfolded reference in eval mode; normalized (N, 3, H, W) -> (N, classes).
        labels: one per class.
        weights: where the numbers come from, for the manifest.
        warnings: what had to be assumed, one sentence each.
    """

    name: str
    network: nn.Module
    input: InputSpec
    labels: tuple[str, ...]
    weights: str
    warnings: tuple[str, ...] = ()


def numbered(classes: int) -> tuple[str, ...]:
    """Labels for classes that nobody named."""
    return tuple(f"class {i}" for i in range(classes))
