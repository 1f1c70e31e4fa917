"""Pictures that look like those of the data set: the highest accuracy on its own test pictures."""

from __future__ import annotations

from irrvit.model.training.recipes.recipe import Augmentation, Recipe

RECIPE = Recipe(
    epochs=24,
    augmentation=Augmentation(shift=0.08, scale=0.08, rotate_degrees=5, mirror=0.5, erase=0.25),
)
