"""Pictures as a phone sees them."""

from __future__ import annotations

from irrvit.model.training.recipes.recipe import Augmentation, Recipe

RECIPE = Recipe(
    epochs=24,
    augmentation=Augmentation(
        shift=0.12,
        scale=0.2,
        rotate_degrees=15,
        mirror=0.5,
        contrast=0.4,
        sharpness=0.5,
        invert=0.3,
        clutter=0.4,
        erase=0.25,
    ),
)
