from __future__ import annotations

import subprocess
import sys

import pytest
from pydantic import ValidationError

from irrvit.model.training.recipes.find import get_recipe
from irrvit.model.training.recipes.recipe import Recipe


def test_rate_rises_for_the_warmup_and_falls_to_nothing():
    recipe = Recipe(epochs=10, warmup_epochs=2, lr=1.0)
    rates = [recipe.lr_at(step, 50) for step in range(500)]
    assert rates.index(max(rates)) == 100
    assert max(rates) == 1.0
    assert 0 < rates[0] < 0.02
    assert rates[-1] < 1e-3
    assert rates[100:] == sorted(rates[100:], reverse=True)


def test_warmup_that_is_longer_than_the_training_still_has_a_rate():
    recipe = Recipe(epochs=1, warmup_epochs=5)
    assert all(0 < recipe.lr_at(step, 10) < recipe.lr for step in range(10))


@pytest.mark.parametrize("wrong", [{"epochs": 0}, {"lr": -1}, {"batch": 0}, {"label_smoothing": 2}])
def test_nonsense_is_refused(wrong):
    with pytest.raises(ValidationError):
        Recipe.model_validate({"epochs": 1} | wrong)


def test_a_recipe_decays_weights_by_a_twentieth_of_the_rate_unless_it_says_otherwise():
    """As DeiT, arXiv 2012.12877."""
    assert Recipe(epochs=1).weight_decay == 0.05


def test_camera_recipe_does_what_a_camera_does():
    camera = get_recipe("camera").augmentation
    assert all(camera.model_dump().values())


def test_importing_recipes_needs_no_torch():
    code = "import sys, irrvit.model.training.recipes.recipe; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
