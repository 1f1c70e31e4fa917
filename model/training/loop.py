"""The training loop: plain, exactly resumable, on one process or several.

Everything random is drawn from (seed, epoch, step), so a run that was stopped and continued ends
with the weights of one that was not. Several processes share out each batch (`accelerate launch`).
"""

from __future__ import annotations

import copy
import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from irrvit.model.errors import BadData, MissingPackage
from irrvit.model.evaluate import evaluate, in_groups
from irrvit.model.sources import random_weights
from irrvit.model.sources.checkpoints.fit import fit
from irrvit.model.training import feed, teacher
from irrvit.model.training.feed import ORDER, Batch, Clock, EpochPlan, Feed
from irrvit.model.training.precision import keep_fast, quick
from irrvit.model.training.recipes.recipe import Recipe
from irrvit.model.training.run import TrainingRun
from irrvit.model.training.state import (
    Epoch,
    TrainingState,
    follow,
    optimizer_of,
    restore,
    save,
)
from irrvit.model.training.synced_norm import sync_norms

if TYPE_CHECKING:
    from accelerate import Accelerator

log = logging.getLogger(__name__)

_STATE_FILE = "state.pt"
_SAVE_STEPS = 500


@dataclass(frozen=True)
class Step:
    """One step done, for whoever shows progress."""

    done: int
    total: int
    epoch: int
    history: list[Epoch]


NotifyStep = Callable[[Step], None]
"""Called after every step."""


def train(run: TrainingRun, notify: NotifyStep) -> TrainingState:
    """Train a network, or go on training it where the run in `run.out` was stopped.

    `notify` is called after every step. Every process gets the state; its `average` is the
    network to keep.

    Raises:
        BadData: there are fewer pictures than one batch takes.
        BadCheckpoint: `run.init` is of another network.
        BadState: the folder holds a run with other settings, or a damaged one.
    """
    accelerator = _accelerator()
    _check(run, accelerator)
    said = _teacher_logits(run, accelerator)
    state = _begin(run, accelerator)
    trained = quick(state.network, accelerator.device)
    trained = accelerator.prepare(trained) if accelerator.num_processes > 1 else trained
    path = run.out / _STATE_FILE
    if path.exists():
        restore(state, path, run.settings)
        log.info("continuing at step %d", state.step)
    total = run.recipe.epochs * run.steps_per_epoch
    while state.step < total:
        for _ in _epoch(run, state, trained, accelerator, said):
            notify(Step(state.step, total, len(state.history) + 1, state.history))
            if state.step % _SAVE_STEPS == 0 and state.step % run.steps_per_epoch:
                _save(run, state, accelerator)
        _close_epoch(run, state, accelerator)
    return state


def is_first_process() -> bool:
    """Whether this is the process that writes and shows, of those that train together."""
    return os.environ.get("RANK", "0") == "0"


def _accelerator() -> Accelerator:
    try:
        from accelerate import Accelerator
    except ModuleNotFoundError as error:
        raise MissingPackage("accelerate", "train") from error
    # Said outright: without it, processes that torchrun starts on CPUs do not know of each other.
    return Accelerator(cpu=not torch.accelerator.is_available())


def _check(run: TrainingRun, accelerator: Accelerator) -> None:
    batch, processes = run.recipe.batch, accelerator.num_processes
    if batch % processes:
        raise BadData(f"a batch of {batch} cannot be shared by {processes} processes equally")
    if run.steps_per_epoch == 0:
        raise BadData(
            f"{len(run.data.train)} pictures to train on are fewer than one batch of {batch}: "
            "give a smaller --batch or more pictures"
        )


def _begin(run: TrainingRun, accelerator: Accelerator) -> TrainingState:
    with random_weights.seeded(run.recipe.seed):
        network = run.network()
    if run.init is not None:
        fit(network, run.init)
    if accelerator.num_processes > 1:
        sync_norms(network)
    network = network.to(accelerator.device).to(memory_format=torch.channels_last)
    average = copy.deepcopy(network).eval().requires_grad_(False)
    _feed_of(run.recipe).prepare(network, run.recipe)
    if run.recipe.mixed_precision and accelerator.device.type == "cpu":
        keep_fast(network)
    optimizer = optimizer_of(network, run.recipe)
    return TrainingState(
        network, average, optimizer, loss_sum=torch.zeros((), device=accelerator.device)
    )


def _epoch(
    run: TrainingRun,
    state: TrainingState,
    trained: nn.Module,
    accelerator: Accelerator,
    said: list[np.ndarray] | None,
) -> Iterator[None]:
    """Do the steps that are left of an epoch, yielding after each."""
    recipe, first = run.recipe, state.step % run.steps_per_epoch
    epoch = state.step // run.steps_per_epoch
    rng = np.random.default_rng([recipe.seed, ORDER, epoch])
    groups = in_groups(rng.permutation(len(run.data.train)), recipe.batch)
    share = _share(accelerator, recipe.batch)
    steps = [(state.step + n, g[share]) for n, g in enumerate(groups[first : run.steps_per_epoch])]
    classes, device = len(run.data.labels), accelerator.device
    plan = EpochPlan(run.data.train, run.spec, recipe, steps, share, classes, said, device)
    trained.train()
    clock = Clock(state.clock)
    for fed in _feed_of(recipe).feed(plan, clock):
        batch = fed.to(device)
        # Not accelerate's own, whose precision is that of the process for good.
        half = bool(recipe.mixed_precision)
        with torch.autocast(device.type, torch.bfloat16, enabled=half):
            logits = trained(batch.images)
        _step(run, state, logits.float() if half else logits, batch)
        clock.add("working_s")
        yield
        clock.restart()


def _feed_of(recipe: Recipe) -> Feed:
    """What feeds a network as the recipe says."""
    if recipe.deit is None:
        return feed
    from irrvit.model.training import deit  # Needs timm.

    return deit


def _teacher_logits(run: TrainingRun, accelerator: Accelerator) -> list[np.ndarray] | None:
    """What the teacher says, if there is one; the first process alone asks it."""
    how = run.recipe.distillation
    if how is None:
        return None
    with accelerator.main_process_first():
        return teacher.view_logits(run, teacher.teacher_of(how, run.data, accelerator.device))


def _step(run: TrainingRun, state: TrainingState, logits: Tensor, batch: Batch) -> None:
    recipe = run.recipe
    for group in state.optimizer.param_groups:
        group["lr"] = recipe.lr_at(state.step, run.steps_per_epoch)
    loss = _loss(recipe, logits, batch)
    state.optimizer.zero_grad()
    loss.backward()
    state.optimizer.step()
    state.loss_sum += loss.detach()
    state.step += 1
    follow(state, recipe.ema_decay)


def _loss(recipe: Recipe, logits: Tensor, batch: Batch) -> Tensor:
    # Odds that were mixed of classes are smooth already.
    smoothing = 0.0 if batch.classes.is_floating_point() else recipe.label_smoothing
    loss = F.cross_entropy(logits, batch.classes, label_smoothing=smoothing)
    how = recipe.distillation
    if how is None or batch.teacher is None:
        return loss
    return (1 - how.weight) * loss + how.weight * teacher.loss(logits, batch.teacher, how)


def _close_epoch(run: TrainingRun, state: TrainingState, accelerator: Accelerator) -> None:
    """Evaluate on the held-out pictures, write the log's row and save."""
    started = time.perf_counter()
    steps, recipe = run.steps_per_epoch, run.recipe
    state.loss_sum = _over_processes(state.loss_sum, accelerator)
    loss, top1 = evaluate(state.average, run.data.held_out, run.spec)
    clock = state.clock
    state.history.append(
        Epoch(
            epoch=state.step // steps,
            lr=recipe.lr_at(state.step - 1, steps),
            train_loss=state.loss_sum.item() / steps,
            held_out_loss=loss,
            held_out_top1=top1,
            seconds=sum(clock.values()) + time.perf_counter() - started,
            waiting_s=clock.get("waiting_s", 0.0),
            augmenting_s=clock.get("augmenting_s", 0.0),
        )
    )
    state.loss_sum, state.clock = torch.zeros_like(state.loss_sum), {}
    log.info("%s", state.history[-1])
    _save(run, state, accelerator)


def _save(run: TrainingRun, state: TrainingState, accelerator: Accelerator) -> None:
    state.loss_sum = _over_processes(state.loss_sum, accelerator)
    if accelerator.is_main_process:
        save(state, run.out / _STATE_FILE, run.settings)
    accelerator.wait_for_everyone()


def _over_processes(value: Tensor, accelerator: Accelerator) -> Tensor:
    mean = accelerator.reduce(value, "mean")
    assert isinstance(mean, Tensor)
    return mean


def _share(accelerator: Accelerator, batch: int) -> slice:
    """This process's part of a batch."""
    part = batch // accelerator.num_processes
    return slice(accelerator.process_index * part, (accelerator.process_index + 1) * part)
