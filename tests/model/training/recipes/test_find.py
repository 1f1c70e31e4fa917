"""A file in `training/recipes/` is a recipe."""

from __future__ import annotations

import subprocess
import sys

import pytest

import irrvit.model.training.recipes
from irrvit.model.training.recipes import find
from irrvit.model.training.recipes.find import get_recipe, recipe_choices, recipe_names
from irrvit.model.training.recipes.recipe import Recipe


@pytest.mark.parametrize("name", recipe_names())
def test_every_file_is_a_recipe(name):
    assert isinstance(get_recipe(name), Recipe)


def test_the_default_recipe_exists():
    assert "plain" in recipe_names()


def test_a_new_file_is_a_recipe(tmp_path, monkeypatch):
    (tmp_path / "slow.py").write_text(
        "from irrvit.model.training.recipes.recipe import Recipe\nRECIPE = Recipe(epochs=99)\n"
    )
    (tmp_path / "quick.py").write_text("raise AssertionError('a list of names imports nothing')")
    for other in ("__init__.py", "find.py", "recipe.py"):
        (tmp_path / other).write_text("")
    monkeypatch.setattr(find, "_FOLDER", tmp_path)
    path = [*irrvit.model.training.recipes.__path__, str(tmp_path)]
    monkeypatch.setattr(irrvit.model.training.recipes, "__path__", path)
    assert recipe_names() == ["quick", "slow"]
    assert recipe_choices() == "quick or slow"
    assert get_recipe("slow").epochs == 99
    sys.modules.pop("irrvit.model.training.recipes.slow", None)


def test_listing_imports_neither_torch_nor_pydantic():
    code = (
        "import sys; from irrvit.model.training.recipes.find import recipe_choices;"
        "recipe_choices(); print([m for m in ('torch', 'numpy', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
