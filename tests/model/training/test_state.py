from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from irrvit.model.training.recipes.recipe import Recipe
from irrvit.model.training.state import (
    BadState,
    Epoch,
    TrainingState,
    follow,
    optimizer_of,
    restore,
    save,
)

SETTINGS = {"lr": 0.1}


def state(seed: int = 0) -> TrainingState:
    torch.manual_seed(seed)
    network = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4))
    optimizer = optimizer_of(network, Recipe(epochs=1))
    network(torch.randn(5, 3)).sum().backward()
    optimizer.step()
    row = Epoch(1, 0.1, 2.0, 3.0, 0.5, 10.0, 0.1, 0.2)
    return TrainingState(
        network, copy.deepcopy(network), optimizer, 7, torch.tensor(1.5), {"a": 2.0}, [row]
    )


def test_comes_back_as_it_was(tmp_path):
    saved, other = state(), state(1)
    save(saved, tmp_path / "state.pt", SETTINGS)
    restore(other, tmp_path / "state.pt", SETTINGS)
    assert (other.step, other.loss_sum, other.clock) == (7, saved.loss_sum, saved.clock)
    assert other.history == saved.history
    for mine, theirs in ((other.network, saved.network), (other.average, saved.average)):
        assert all(
            torch.equal(a, b)
            for a, b in zip(mine.state_dict().values(), theirs.state_dict().values(), strict=True)
        )
    moments = [
        [s["exp_avg"] for s in one.optimizer.state_dict()["state"].values()]
        for one in (other, saved)
    ]
    assert all(torch.equal(a, b) for a, b in zip(*moments, strict=True))


def test_save_that_fails_leaves_the_one_before(tmp_path):
    path = tmp_path / "state.pt"
    save(state(), path, SETTINGS)
    before = path.read_bytes()
    with pytest.raises(Exception, match="pickle"):
        save(state(1), path, {"lr": lambda: None})
    assert path.read_bytes() == before


def test_file_of_something_else_is_named(tmp_path):
    torch.save({"weights": torch.zeros(3)}, tmp_path / "state.pt")
    with pytest.raises(BadState, match="is not the state of a run: remove it"):
        restore(state(), tmp_path / "state.pt", SETTINGS)


@pytest.mark.parametrize(
    "key",
    ["settings", "network", "average", "optimizer", "step", "loss_sum", "clock", "history"],
)
def test_state_that_lacks_a_part_is_named(tmp_path, key):
    save(state(), tmp_path / "state.pt", SETTINGS)
    content = torch.load(tmp_path / "state.pt", weights_only=True)
    del content[key]
    torch.save(content, tmp_path / "state.pt")
    with pytest.raises(BadState, match="is not the state of a run"):
        restore(state(), tmp_path / "state.pt", SETTINGS)


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"lr": 0.1}, {"lr": 0.2}, "lr: was 0.1, is 0.2"),
        ({"lr": 0.1, "old": 1}, {"lr": 0.1}, "old: was 1, is None"),
        ({"lr": 0.1}, {"lr": 0.1, "new": 2}, "new: was None, is 2"),
    ],
)
def test_settings_that_differ_are_listed(tmp_path, before, now, said):
    save(state(), tmp_path / "state.pt", before)
    with pytest.raises(BadState) as refused:
        restore(state(), tmp_path / "state.pt", now)
    assert str(refused.value).splitlines()[1:] == [f"  {said}"]


def test_counters_are_copied_and_not_averaged():
    follower = state()
    follower.network.get_buffer("1.num_batches_tracked").fill_(9)
    follow(follower, 0.9)
    assert follower.average.get_buffer("1.num_batches_tracked") == 9


def test_mean_follows_the_weights_more_slowly_the_longer_it_runs():
    follower = state()
    moved = []
    for follower.step in (0, 10, 10_000):
        for value in follower.average.parameters():
            value.data.zero_()
        for value in follower.network.parameters():
            value.data.fill_(1.0)
        follow(follower, 0.9)
        moved.append(next(follower.average.parameters()).flatten()[0].item())
    assert moved == pytest.approx([0.9, 0.45, 0.1])


def test_biases_norms_and_positions_are_not_decayed():
    network = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4))
    network.register_parameter("position", nn.Parameter(torch.zeros(1, 2, 4)))
    decayed, plain = optimizer_of(network, Recipe(epochs=1)).param_groups
    assert [list(p.shape) for p in decayed["params"]] == [[4, 3]]
    assert (decayed["weight_decay"], plain["weight_decay"]) == (0.05, 0)
    assert len(plain["params"]) == 4
