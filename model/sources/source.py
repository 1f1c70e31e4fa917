"""A network as it is handed around: with its preprocessing, its labels and its weights' origin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from irrvit.model.outputs import Output, classifier_outputs
from irrvit.model.spec import InputSpec

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True)
class Source:
    """A network with all that comes with it.

    Attributes:
        network: the unfolded reference in eval mode; normalized (N, C, H, W) -> logits
            (N, classes), or a dictionary of outputs by name.
        labels: one per class; none where there are no classes.
        weights: where the numbers come from, for the manifest.
        warnings: what had to be assumed, one sentence each.
        outputs: what it gives for one picture; those of a classifier, unless something is said.
    """

    name: str
    network: nn.Module
    input: InputSpec
    labels: tuple[str, ...]
    weights: str
    warnings: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()

    def __post_init__(self) -> None:
        if not self.outputs:
            object.__setattr__(self, "outputs", classifier_outputs(len(self.labels)))


def numbered(classes: int) -> tuple[str, ...]:
    """Labels for classes that nobody named."""
    return tuple(f"class {i}" for i in range(classes))
