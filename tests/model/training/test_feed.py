from __future__ import annotations

import numpy as np
import torch
from PIL import Image

from irrvit.model.data.dataset import Pictures
from irrvit.model.spec import InputSpec
from irrvit.model.training.feed import Batch, Clock, EpochPlan, feed, mixed, number
from irrvit.model.training.recipes.find import get_recipe

SPEC = InputSpec(height=8, width=8, resize=8)
RECIPE = get_recipe("camera").model_copy(update={"batch": 4})
PICTURES = Pictures(lambda i: Image.new("RGB", (8, 8), (i, 2 * i, 3 * i)), np.arange(40) % 3)


def fed(step: int, group: list[int], share: slice) -> torch.Tensor:
    plan = EpochPlan(PICTURES, SPEC, RECIPE, [(step, np.array(group)[share])], share, 3)
    ((images, classes, _),) = feed(plan, Clock({}))
    assert classes.tolist() == [i % 3 for i in np.array(group)[share]]
    return images


def test_processes_together_see_the_batch_of_one():
    group = [7, 3, 31, 12]
    whole = fed(5, group, slice(0, 4))
    parts = [fed(5, group, slice(0, 2)), fed(5, group, slice(2, 4))]
    assert torch.allclose(torch.cat(parts), whole, atol=1e-6)


def test_a_step_is_repeated_alike_and_another_step_is_not():
    group, all_of_it = [7, 3, 31, 12], slice(0, 4)
    once, again, later = (fed(step, group, all_of_it) for step in (5, 5, 6))
    assert torch.equal(once, again)
    assert not torch.allclose(once, later)


def test_numbers_of_different_uses_differ():
    drawn = [number(seed, use, step) for seed in range(3) for use in range(3) for step in range(9)]
    assert len(set(drawn)) == len(drawn)


def test_clock_splits_the_time_between_its_sums():
    sums = {"waiting_s": 1.0}
    clock = Clock(sums)
    clock.add("waiting_s")
    clock.add("working_s")
    assert 1 < sums["waiting_s"] < 1.1
    assert 0 < sums["working_s"] < 0.1


def test_mixing_lays_a_picture_over_one_from_the_other_end():
    images = torch.arange(3.0).view(3, 1, 1, 1).expand(3, 3, 2, 2)
    told = torch.tensor([[0.5, 0.5], [0.0, 1.0], [1.0, 0.0]])
    got = mixed(Batch(images, torch.tensor([0, 1, 1]), told), 0.75, 2)
    assert got.images[:, 0, 0, 0].tolist() == [0.5, 1.0, 1.5]
    assert got.classes.tolist() == [[0.75, 0.25], [0.0, 1.0], [0.25, 0.75]]
    assert got.teacher is not None
    assert got.teacher.tolist() == [[0.625, 0.375], [0.0, 1.0], [0.875, 0.125]]


def test_a_recipe_that_mixes_gives_odds_and_another_share_each_step():
    recipe = RECIPE.model_copy(update={"mixup": 0.5, "batch": 2})
    steps = [(step, np.array([0, 1])) for step in range(20)]
    plan = EpochPlan(PICTURES, SPEC, recipe, steps, slice(0, 2), 3)
    shares = [batch.classes[0, 0].item() for batch in feed(plan, Clock({}))]
    assert len(set(shares)) == len(shares)
    assert all(0 <= share <= 1 for share in shares)
    again = [batch.classes[0, 0].item() for batch in feed(plan, Clock({}))]
    assert again == shares
