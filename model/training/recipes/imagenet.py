"""DeiT's recipe (arXiv 2012.12877), for a GPU machine; never run to its end by us."""

from __future__ import annotations

from irrvit.model.training.recipes.recipe import Deit, Recipe

RECIPE = Recipe(epochs=300, batch=1024, lr=1e-3, warmup_epochs=5, ema_decay=0.9999, deit=Deit())
