"""Photographs in natural colours, as sharp or blurred as cameras and their scaling make them."""

from __future__ import annotations

from irrvit.model.training.recipes.recipe import Augmentation, Recipe

RECIPE = Recipe(
    epochs=30,
    augmentation=Augmentation(
        shift=0.1, scale=0.25, mirror=0.5, contrast=0.2, sharpness=0.8, outside="mirrored"
    ),
)
