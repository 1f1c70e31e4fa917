"""From pictures to what a step of training eats: read, changed and normalized."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from irrvit.model.data.dataset import Pictures, batches
from irrvit.model.evaluate import normalized, to_unit
from irrvit.model.spec import InputSpec
from irrvit.model.training.augment import augment, draws
from irrvit.model.training.recipes.recipe import Recipe

ORDER, DRAWS, MIXING = 0, 1, 2
"""What a recipe's seed is used for; no two uses draw the same numbers."""

CPU = torch.device("cpu")


class Batch(NamedTuple):
    """What one step learns from.

    Attributes:
        images: normalized, (B, 3, H, W).
        classes: (B), or the odds of each (B, classes).
        teacher: its odds (B, classes), where there is a teacher.
    """

    images: Tensor
    classes: Tensor
    teacher: Tensor | None = None

    def to(self, device: torch.device) -> Batch:
        """The same on a device."""
        teacher = None if self.teacher is None else self.teacher.to(device)
        return Batch(self.images.to(device), self.classes.to(device), teacher)


@dataclass(frozen=True)
class EpochPlan:
    """The steps that one process does of an epoch.

    Attributes:
        steps: numbers of the steps, counted over all epochs, with this process's pictures.
        share: which part of the whole batch those pictures are.
        classes: how many there are.
        teacher_logits: of each view (N, classes), where there is a teacher.
        device: where pictures are changed.
    """

    pictures: Pictures
    spec: InputSpec
    recipe: Recipe
    steps: list[tuple[int, np.ndarray]]
    share: slice
    classes: int
    teacher_logits: Sequence[np.ndarray] | None = None
    device: torch.device = CPU

    def said(self, group: np.ndarray) -> Tensor | None:
        """The teacher's odds of some pictures, at the recipe's temperature: the mean of views."""
        how = self.recipe.distillation
        if how is None or self.teacher_logits is None:
            return None
        views = [torch.from_numpy(v[group].astype(np.float32)) for v in self.teacher_logits]
        return torch.stack([(v / how.temperature).softmax(1) for v in views]).mean(0)


class Clock:
    """Adds the time since it was last asked to one of its sums."""

    def __init__(self, sums: dict[str, float]) -> None:
        self.sums = sums
        self.restart()

    def restart(self) -> None:
        self.last = time.perf_counter()

    def add(self, what: str) -> None:
        now = time.perf_counter()
        self.sums[what] = self.sums.get(what, 0.0) + now - self.last
        self.last = now


class Feed(Protocol):
    """How a recipe's pictures reach the network: a module such as this one."""

    def prepare(self, network: nn.Module, recipe: Recipe) -> None:
        """Change a network that is to be trained, in place, as far as the recipe changes it."""
        ...

    def feed(self, plan: EpochPlan, clock: Clock) -> Iterator[Batch]:
        """Read and change the pictures of the planned steps, a batch for each."""
        ...


def prepare(network: nn.Module, recipe: Recipe) -> None:
    """Augmented pictures need nothing of the network."""


def feed(plan: EpochPlan, clock: Clock) -> Iterator[Batch]:
    """Read ahead in threads, and augment whole batches."""
    recipe = plan.recipe
    read = partial(plan.pictures.pixels, spec=plan.spec)
    stream = batches(read, [group for _, group in plan.steps])
    for (step, group), pixels in zip(plan.steps, stream, strict=True):
        clock.add("waiting_s")
        generator = torch.Generator().manual_seed(number(recipe.seed, DRAWS, step))
        # Drawn by the CPU, so that a picture is changed alike wherever that is done.
        table = draws(recipe.batch, generator)[plan.share].to(plan.device)
        images = augment(to_unit(pixels, plan.device), table, recipe.augmentation)
        images = normalized(images, plan.spec)
        classes = torch.from_numpy(plan.pictures.classes[group])
        batch = Batch(images, classes, plan.said(group)).to(plan.device)
        clock.add("augmenting_s")
        yield batch


def number(*of: int) -> int:
    """A seed that these numbers alone decide."""
    (seed,) = np.random.SeedSequence(of).generate_state(1, np.uint64)
    return int(seed)
