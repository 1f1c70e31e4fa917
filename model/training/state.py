"""Where a training run stands: what a killed run needs to go on as if nothing had happened."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from irrvit.model.errors import ModelError
from irrvit.model.files import write_in_one_piece
from irrvit.model.training.recipes.recipe import Recipe


class BadState(ModelError):
    """A run cannot be continued from what its folder holds."""


@dataclass(frozen=True)
class Epoch:
    """One row of the log; accuracies are shares, times are of the wall clock.

    Attributes:
        waiting_s, augmenting_s: parts of `seconds` in which the network waited for pictures.
    """

    epoch: int
    lr: float
    train_loss: float
    held_out_loss: float
    held_out_top1: float
    seconds: float
    waiting_s: float
    augmenting_s: float


@dataclass
class TrainingState:
    """What changes while a network is trained.

    Attributes:
        average: the running mean of the network's weights.
        step: steps done, over all epochs.
        loss_sum: of the steps of this epoch.
        clock: seconds, waiting_s and augmenting_s of this epoch so far.
    """

    network: nn.Module
    average: nn.Module
    optimizer: torch.optim.Optimizer
    step: int = 0
    loss_sum: Tensor = field(default_factory=lambda: torch.zeros(()))
    clock: dict[str, float] = field(default_factory=dict)
    history: list[Epoch] = field(default_factory=list)


def optimizer_of(network: nn.Module, recipe: Recipe) -> torch.optim.Optimizer:
    """AdamW that leaves biases, norms, positions and tokens undecayed."""
    parameters = dict(network.named_parameters())
    decayed = [p for name, p in parameters.items() if p.ndim > 1 and "position" not in name]
    chosen = set(decayed)
    plain = [p for p in parameters.values() if p not in chosen]
    groups = [
        {"params": decayed, "weight_decay": recipe.weight_decay},
        {"params": plain, "weight_decay": 0.0},
    ]
    return torch.optim.AdamW(groups, lr=recipe.lr)


@torch.no_grad()
def follow(state: TrainingState, decay: float) -> None:
    """Move the running mean; faster at first, when the weights are far from any mean."""
    weight = 1 - min(decay, (1 + state.step) / (10 + state.step))
    means, values = state.average.state_dict(), state.network.state_dict()
    moved = [name for name, mean in means.items() if mean.is_floating_point()]
    # All at once: on a GPU a call takes longer than what it does.
    torch._foreach_lerp_(  # pyright: ignore[reportPrivateImportUsage]
        [means[n] for n in moved], [values[n] for n in moved], weight
    )
    for name in means.keys() - set(moved):
        means[name].copy_(values[name])


def save(state: TrainingState, path: Path, settings: dict[str, Any]) -> None:
    """Write a state in one piece: a kill while writing leaves the one before."""
    content = {
        "settings": settings,
        "network": state.network.state_dict(),
        "average": state.average.state_dict(),
        "optimizer": state.optimizer.state_dict(),
        "step": state.step,
        "loss_sum": state.loss_sum,
        "clock": state.clock,
        "history": [asdict(epoch) for epoch in state.history],
    }
    write_in_one_piece(path, lambda part: torch.save(content, part))


def restore(state: TrainingState, path: Path, settings: dict[str, Any]) -> None:
    """Put a saved state back; one of other settings is refused.

    Raises:
        BadState: naming the settings that differ, or what is wrong with the file.
    """
    content = _read(path)
    saved = content["settings"]
    differing = [k for k in sorted({*saved, *settings}) if saved.get(k) != settings.get(k)]
    if differing:
        lists = "".join(f"\n  {k}: was {saved.get(k)!r}, is {settings.get(k)!r}" for k in differing)
        raise BadState(
            f"'{path.parent}' holds a run with other settings: name another --out, remove that "
            f"folder, or give the settings it was begun with{lists}"
        )
    state.network.load_state_dict(content["network"])
    state.average.load_state_dict(content["average"])
    state.optimizer.load_state_dict(content["optimizer"])
    state.step = content["step"]
    state.loss_sum = content["loss_sum"].to(state.loss_sum.device)
    state.clock = content["clock"]
    state.history = [Epoch(**row) for row in content["history"]]


def _read(path: Path) -> dict[str, Any]:
    expected = {field.name for field in fields(TrainingState)} | {"settings"}
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    # A damaged archive or pickle shows as almost any built-in exception, depending on where.
    except Exception as error:
        raise BadState(
            f"'{path}' is damaged and the run cannot go on from it: remove it to begin anew"
        ) from error
    if not isinstance(content, dict) or not expected <= content.keys():
        raise BadState(f"'{path}' is not the state of a run: remove it to begin anew")
    return content
