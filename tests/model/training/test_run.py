"""What one training is: its steps, its input, and what may not change when it is continued."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.network import variants
from irrvit.model.sources.checkpoints.checkpoint import Checkpoint
from irrvit.model.training.recipes.recipe import Augmentation, Recipe
from irrvit.model.training.run import TrainingRun


def pictures(count: int) -> Pictures:
    return Pictures(lambda i: Image.new("L", (8, 8), i), np.arange(count) % 2)


DATA = Dataset(
    name="greys",
    labels=("even", "odd"),
    train=pictures(23),
    held_out=pictures(4),
    test=None,
    mean=(0.3, 0.3, 0.3),
    std=(0.2, 0.2, 0.2),
    crop=0.5,
    sha256="0" * 64,
)
RUN = TrainingRun(variants.get("irrvit_tiny"), DATA, Recipe(epochs=2, batch=8), Path("out"))


@pytest.mark.parametrize(("batch", "steps"), [(23, 1), (24, 0), (12, 1), (11, 2), (1, 23)])
def test_a_last_batch_that_is_not_full_is_no_step(batch, steps):
    assert replace(RUN, recipe=Recipe(epochs=1, batch=batch)).steps_per_epoch == steps


def test_input_is_of_the_variants_size_and_the_datas_colours():
    spec = RUN.spec
    assert (spec.height, spec.width, spec.resize) == (56, 56, 112)
    assert (spec.mean, spec.std) == (DATA.mean, DATA.std)


@pytest.mark.parametrize(
    "other",
    [
        replace(RUN, variant=variants.get("irrvit_tiny+average")),
        replace(RUN, data=replace(DATA, sha256="1" * 64)),
        replace(RUN, init=Checkpoint(Path("w.pth"), "2" * 64, {})),
        replace(RUN, recipe=Recipe(epochs=3, batch=8)),
        replace(RUN, recipe=Recipe(epochs=2, batch=8, seed=1)),
        replace(RUN, recipe=Recipe(epochs=2, batch=8, augmentation=Augmentation(mirror=0.5))),
    ],
    ids=["variant", "data", "init", "epochs", "seed", "augmentation"],
)
def test_what_decides_the_weights_is_a_setting(other):
    assert other.settings != RUN.settings


def test_where_the_run_lies_is_no_setting():
    assert replace(RUN, out=Path("elsewhere")).settings == RUN.settings
