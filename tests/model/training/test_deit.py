"""The ImageNet recipe: two steps on a small folder, and that its randomness can be repeated."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image

from irrvit.model.data import picture_folder
from irrvit.model.network import variants
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.training.feed import Clock, EpochPlan
from irrvit.model.training.loop import Step, train
from irrvit.model.training.recipes.find import get_recipe
from irrvit.model.training.recipes.recipe import Deit
from irrvit.model.training.run import TrainingRun

pytest.importorskip("timm")
from irrvit.model.training import deit

pytestmark = pytest.mark.needs("timm", "accelerate")

RECIPE = get_recipe("imagenet").model_copy(update={"epochs": 1, "batch": 8})


@pytest.fixture
def run(tmp_path) -> TrainingRun:
    rng = np.random.default_rng(0)
    for label in ("cat", "dog"):
        (tmp_path / "pictures" / label).mkdir(parents=True)
        for i in range(10):
            pixels = rng.integers(0, 256, (70, 80, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "pictures" / label / f"{i}.png")
    data = picture_folder.load(tmp_path / "pictures")
    return TrainingRun(variants.get("irrvit_tiny"), data, RECIPE, tmp_path)


def test_recipe_is_deits():
    recipe = get_recipe("imagenet")
    assert recipe.deit is not None
    assert (recipe.epochs, recipe.lr, recipe.batch) == (300, 1e-3, 1024)
    assert (recipe.deit.mixup, recipe.deit.cutmix, recipe.deit.drop_path) == (0.8, 1.0, 0.1)


def test_two_steps_of_a_run(run):
    steps = []
    state = train(run, lambda step: steps.append(step.done))
    assert steps == [1, 2]
    assert 0 < state.history[0].train_loss < 10


def test_a_stopped_run_ends_with_the_same_weights(run, tmp_path):
    run = replace(run, recipe=RECIPE.model_copy(update={"epochs": 2}))
    (tmp_path / "whole").mkdir()
    whole = train(replace(run, out=tmp_path / "whole"), lambda step: None)

    def stop(step: Step) -> None:
        if step.done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(run, stop)
    state = train(run, lambda step: None)
    ours, theirs = state.network.state_dict(), whole.network.state_dict()
    assert all(torch.equal(ours[k], theirs[k]) for k in theirs)


def test_targets_are_odds_of_the_classes_and_images_are_normalized(run):
    steps = [(0, np.arange(8)), (1, np.arange(8, 16))]
    plan = EpochPlan(run.data.train, run.spec, RECIPE, steps, slice(0, 8), 2)
    fed = list(deit.feed(plan, Clock({})))
    assert len(fed) == 2
    for images, odds, _ in fed:
        assert images.shape == (8, 3, 56, 56)
        assert torch.allclose(odds.sum(1), torch.ones(8))
        assert images.min() < 0 < images.max()


def test_a_picture_is_seen_as_the_camera_was_held(run, monkeypatch):
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: the file's first row is the right side.
    for file in (run.out / "pictures").glob("*/*"):
        stored = np.zeros((40, 40), np.uint8)
        stored[:, :20] = 250
        Image.fromarray(stored).save(file, exif=exif)
    plan = EpochPlan(run.data.train, run.spec, RECIPE, [], slice(0, 8), 2)
    pictures = deit._Transformed(plan, Deit())
    monkeypatch.setattr(pictures, "transform", lambda picture: torch.from_numpy(np.array(picture)))
    image, _ = pictures[0, 0]
    assert image.shape == (40, 40, 3)
    assert image[:20].min() > 200
    assert image[20:].max() < 50


def test_stochastic_depth_drops_in_training_only_and_adds_no_names():
    network = IRRViT(variants.get("irrvit_tiny"), 2)
    names, images = list(network.state_dict()), torch.randn(4, 3, 56, 56)
    expected = network.eval()(images)
    deit.add_stochastic_depth(network.blocks, 0.9)
    assert list(network.state_dict()) == names
    assert torch.equal(network(images), expected)
    network.train()
    for norm in network.modules():
        if isinstance(norm, torch.nn.BatchNorm2d):
            norm.eval()
    one, other = network(images), network(images)
    assert not torch.allclose(one, other)
