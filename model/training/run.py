"""One training: what is trained, on what, how, and in which folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from irrvit.model.data.dataset import Dataset
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.network.variants import Variant
from irrvit.model.sources.checkpoints.checkpoint import Checkpoint
from irrvit.model.spec import InputSpec
from irrvit.model.training.peers import Peer
from irrvit.model.training.recipes.recipe import Recipe


@dataclass(frozen=True)
class TrainingRun:
    """What is to be trained, on what, how, and where the run keeps its state.

    Attributes:
        init: weights to begin with; None begins with random ones.
    """

    variant: Variant | Peer
    data: Dataset
    recipe: Recipe
    out: Path
    init: Checkpoint | None = None

    def network(self) -> nn.Module:
        """What is to be trained, with fresh weights."""
        classes = len(self.data.labels)
        if isinstance(self.variant, Peer):
            return self.variant.build(classes)
        return IRRViT(self.variant, classes)

    @property
    def spec(self) -> InputSpec:
        return self.data.input_spec(self.variant.input_size)

    @property
    def steps_per_epoch(self) -> int:
        """The pictures that do not fill a last batch wait for another epoch's order."""
        return len(self.data.train) // self.recipe.batch

    @property
    def settings(self) -> dict[str, Any]:
        """What must be the same when a run is continued."""
        recipe = self.recipe.model_dump(mode="json")
        variant = self.variant.model_dump(mode="json")
        init = self.init.sha256 if self.init is not None else None
        return {"variant": variant, "data_sha256": self.data.sha256, "init": init, **recipe}
