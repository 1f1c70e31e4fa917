"""The last epochs, from --init, on pictures that are hardly changed."""

from __future__ import annotations

from irrvit.model.training.recipes.recipe import Augmentation, Recipe

RECIPE = Recipe(
    epochs=5,
    lr=1e-3,
    warmup_epochs=0.2,
    augmentation=Augmentation(shift=0.04, scale=0.04, mirror=0.5),
)
