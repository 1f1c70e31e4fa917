"""The last epochs of `photographs`, from --init, on pictures that are hardly changed."""

from __future__ import annotations

from irrvit.model.training.recipes.recipe import Augmentation, Recipe

RECIPE = Recipe(
    epochs=5,
    lr=3e-4,
    warmup_epochs=0.2,
    ema_decay=0.999,
    augmentation=Augmentation(
        shift=0.05, scale=0.1, mirror=0.5, contrast=0.1, sharpness=0.5, outside="mirrored"
    ),
)
