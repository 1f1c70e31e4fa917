from __future__ import annotations

import numpy as np
import torch
from PIL import Image

from irrvit.model.data.dataset import Pictures
from irrvit.model.spec import InputSpec
from irrvit.model.training.feed import Clock, EpochPlan, feed, number
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
