"""Which recipes there are: `--recipe` -> a record. A file `<name>.py` here is a recipe.

Names are listed without importing anything.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from irrvit.model.training.recipes.recipe import Recipe

_FOLDER = Path(__file__).parent
_NO_RECIPES = ("__init__", "find", "recipe")
"""The files of this folder that are not a recipe."""


def recipe_names() -> list[str]:
    """The recipes there are."""
    stems = (path.stem for path in _FOLDER.glob("*.py"))
    return sorted(stem for stem in stems if stem not in _NO_RECIPES)


def recipe_choices() -> str:
    """What may be named as a recipe, for help texts."""
    *others, last = recipe_names()
    return f"{', '.join(others)} or {last}"


def get_recipe(name: str) -> Recipe:
    """Import a recipe that `recipe_names` lists."""
    return importlib.import_module(f"irrvit.model.training.recipes.{name}").RECIPE
