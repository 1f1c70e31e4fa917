"""What the loop promises: it learns, it resumes exactly, and processes do not change it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from irrvit.model.data import picture_folder
from irrvit.model.errors import BadCheckpoint, BadData
from irrvit.model.evaluate import evaluate
from irrvit.model.network import variants
from irrvit.model.sources.checkpoints import checkpoint
from irrvit.model.training import feed, loop
from irrvit.model.training.loop import Step, train
from irrvit.model.training.recipes.find import get_recipe
from irrvit.model.training.recipes.recipe import Deit
from irrvit.model.training.run import TrainingRun
from irrvit.model.training.state import BadState

pytestmark = pytest.mark.needs("accelerate", "matplotlib")

RECIPE = get_recipe("camera").model_copy(update={"epochs": 2, "batch": 8, "ema_decay": 0.9})


@pytest.fixture
def run(folder, tmp_path) -> TrainingRun:
    return TrainingRun(variants.get("irrvit_tiny"), picture_folder.load(folder), RECIPE, tmp_path)


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


class Stop(Exception):
    """Ends a run from inside, as a kill does: nothing is tidied up."""


def stop_at(step: int):
    def notify(progress: Step) -> None:
        if progress.done == step:
            raise Stop

    return notify


def ignore(_: Step) -> None:
    pass


def test_it_learns(run):
    run = replace(run, recipe=get_recipe("plain").model_copy(update={"epochs": 12, "batch": 8}))
    state = train(run, ignore)
    losses = [epoch.train_loss for epoch in state.history]
    assert losses[-1] < 0.6 * losses[0]
    assert evaluate(state.average, run.data.held_out, run.spec)[1] == 1.0
    assert state.history[-1].held_out_top1 == 1.0


@pytest.mark.parametrize(("step", "precision"), [(5, None), (8, None), (5, "bf16")])
def test_a_run_that_was_stopped_ends_with_the_weights_of_one_that_was_not(
    run, tmp_path, step, precision
):
    """Four steps an epoch: stopped inside the second, and after the last before its evaluation."""
    run = replace(run, recipe=run.recipe.model_copy(update={"mixed_precision": precision}))
    (tmp_path / "whole").mkdir()
    whole = train(replace(run, out=tmp_path / "whole"), ignore)
    with pytest.raises(Stop):
        train(run, stop_at(step))
    steps: list[int] = []
    state = train(run, lambda s: steps.append(s.done))
    assert steps[0] == 5  # From the end of the first epoch, not from the beginning.
    for mine, theirs in ((state.network, whole.network), (state.average, whole.average)):
        assert all(
            torch.equal(a, b)
            for a, b in zip(mine.state_dict().values(), theirs.state_dict().values(), strict=True)
        )
    assert [e.train_loss for e in state.history] == [e.train_loss for e in whole.history]


def test_layers_compute_in_bf16_and_weights_stay_float32(run):
    steps = {}
    for precision in (None, "bf16"):
        recipe = run.recipe.model_copy(update={"mixed_precision": precision, "epochs": 1})
        out = run.out / str(precision)
        out.mkdir()
        state = train(replace(run, out=out, recipe=recipe), ignore)
        steps[precision] = state.history[0].train_loss
        assert {p.dtype for p in state.network.parameters()} == {torch.float32}
    assert steps["bf16"] != steps[None]
    assert steps["bf16"] == pytest.approx(steps[None], rel=0.02)


def test_a_finished_run_is_not_trained_again(run):
    done = train(run, ignore)
    again = train(run, stop_at(1))
    assert [e.epoch for e in again.history] == [e.epoch for e in done.history] == [1, 2]


def test_seed_decides(run, tmp_path):
    losses = []
    for number, seed in enumerate((0, 0, 1)):
        out = tmp_path / str(number)
        out.mkdir()
        recipe = RECIPE.model_copy(update={"epochs": 1, "seed": seed})
        state = train(replace(run, recipe=recipe, out=out), ignore)
        losses.append(state.history[0].train_loss)
    assert losses[0] == losses[1] != losses[2]


def test_a_run_begins_with_the_weights_it_was_given(run, tmp_path):
    earlier = train(run, ignore).average
    checkpoint.write(earlier, tmp_path / "w.safetensors", run.spec, run.data.labels)
    (tmp_path / "next").mkdir()
    still = RECIPE.model_copy(update={"lr": 1e-9, "ema_decay": 0})
    given = checkpoint.read(tmp_path / "w.safetensors")
    later = train(replace(run, recipe=still, out=tmp_path / "next", init=given), ignore)
    for (name, mine), theirs in zip(
        later.network.named_parameters(), earlier.parameters(), strict=True
    ):
        assert torch.allclose(mine, theirs, atol=1e-6), name


def test_weights_of_another_network_are_refused(run, tmp_path):
    torch.save({"w": torch.zeros(1)}, tmp_path / "w.pth")
    with pytest.raises(BadCheckpoint, match="does not fit the network"):
        train(replace(run, init=checkpoint.read(tmp_path / "w.pth")), ignore)


def test_other_settings_do_not_continue_a_run(run):
    train(run, ignore)
    other = replace(run, recipe=RECIPE.model_copy(update={"lr": 1.0}))
    with pytest.raises(BadState, match=r"other settings(.|\n)*lr: was 0.002, is 1.0"):
        train(other, ignore)


def test_damaged_state_is_named(run):
    (run.out / "state.pt").write_bytes(b"half a fi")
    with pytest.raises(BadState, match=r"state.pt' is damaged"):
        train(run, ignore)


def test_batch_that_is_larger_than_the_pictures(run):
    huge = replace(run, recipe=RECIPE.model_copy(update={"batch": 64}))
    with pytest.raises(BadData, match="36 pictures to train on are fewer than one batch of 64"):
        train(huge, ignore)


@pytest.mark.parametrize(("processes", "fits"), [(1, True), (4, True), (3, False), (16, False)])
def test_processes_share_a_batch_equally_or_not_at_all(run, processes, fits):
    several: Any = SimpleNamespace(num_processes=processes)
    if fits:
        loop._check(run, several)
    else:
        with pytest.raises(BadData, match=f"a batch of 8 cannot be shared by {processes} proc"):
            loop._check(run, several)


def test_the_feed_follows_from_the_recipe_and_not_from_its_name():
    assert loop._feed_of(get_recipe("plain")) is feed
    pytest.importorskip("timm")
    from irrvit.model.training import deit

    assert loop._feed_of(get_recipe("plain").model_copy(update={"deit": Deit()})) is deit
    assert loop._feed_of(get_recipe("imagenet").model_copy(update={"deit": None})) is feed
