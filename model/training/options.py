"""The options of `irrvit-train`, and the training that they come to, or the sentence why not."""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError

from irrvit.model.data.dataset import Dataset
from irrvit.model.data.find import load_dataset
from irrvit.model.data.ready import kept_ready
from irrvit.model.errors import BadData, ModelError
from irrvit.model.network import variants
from irrvit.model.sources.checkpoints import checkpoint
from irrvit.model.training import peers
from irrvit.model.training.recipes.find import get_recipe, recipe_names
from irrvit.model.training.recipes.recipe import Recipe
from irrvit.model.training.run import TrainingRun

log = logging.getLogger(__name__)


class BadTrainingOption(ModelError):
    """An option has a value that it cannot have."""


@dataclass(frozen=True)
class TrainingOptions:
    """What `irrvit-train` was asked for.

    Attributes:
        overrides: fields of the recipe; None leaves the recipe's own.
        teacher: a network to learn from too.
        teacher_views: of each picture, that it looks at; None for two.
        teacher_weight: of what it says in the loss; None for 0.7.
        init: a checkpoint to begin with.
        ablation: run the ablation instead of one training.
        seeds: with how many; None for two.
        parts: those of it that are trained beside the whole network; none for all.
        command: as it was typed, for the record.
    """

    model: str
    data: str
    out: Path
    recipe: str = "plain"
    overrides: dict[str, int | float | str | None] = field(default_factory=dict)
    test: bool = False
    data_root: Path | None = None
    download: bool = False
    teacher: str | None = None
    teacher_views: int | None = None
    teacher_weight: float | None = None
    threads: int | None = None
    init: Path | None = None
    ablation: bool = False
    seeds: int | None = None
    parts: tuple[str, ...] = ()
    command: str = ""


def prepare(options: TrainingOptions) -> TrainingRun:
    """Find what the options name, make the folder of the run, and set torch's threads.

    Raises:
        ModelError: saying what is wrong with an option, the data or the folder.
    """
    _check_ablation(options)
    peer = peers.find(options.model)
    variant = peer or variants.get(options.model)
    recipe = _recipe(options)
    if peer and recipe.deit:
        raise BadTrainingOption(f"--recipe {options.recipe} cannot be used for {peer.name}")
    data = load_dataset(
        options.data, root=options.data_root, download=options.download, notify=log.info
    )
    _require_trainable(data)
    if options.test and data.test is None:
        raise BadTrainingOption(f"--test: nobody set test pictures of '{options.data}' apart")
    if options.threads is not None and options.threads < 1:
        raise BadTrainingOption(f"--threads {options.threads}: expected 1 or more")
    torch.set_num_threads(options.threads or _fair_threads())
    options.out.mkdir(parents=True, exist_ok=True)
    if torch.accelerator.is_available():
        data = kept_ready(data, data.input_spec(variant.input_size))
    init = checkpoint.read(options.init) if options.init is not None else None
    return TrainingRun(variant, data, recipe, options.out, init)


def _check_ablation(options: TrainingOptions) -> None:
    if options.ablation and options.init is not None:
        raise BadTrainingOption("--init: each network of --ablation begins with its own weights")
    for option, value in (("seeds", options.seeds), ("part", options.parts or None)):
        if value is not None and not options.ablation:
            raise BadTrainingOption(f"--{option}: there is no --ablation")


def _require_trainable(data: Dataset) -> None:
    if len(data.labels) < 2:
        raise BadData(
            f"'{data.name}' has one class, '{', '.join(data.labels)}': expected one folder of "
            "pictures for each of two or more classes"
        )
    empty = [label for i, label in enumerate(data.labels) if i not in data.train.classes]
    if empty:
        raise BadData(
            f"'{data.name}': no readable picture in {', '.join(empty)}: add some, or remove the "
            "folder"
        )
    if not len(data.held_out):
        raise BadData(
            f"'{data.name}' has too few pictures: no class has the six of which one is held out"
        )


def _recipe(options: TrainingOptions) -> Recipe:
    if options.recipe not in recipe_names():
        raise BadTrainingOption(
            f"unknown recipe '{options.recipe}': expected one of {', '.join(recipe_names())}"
        )
    given: dict[str, Any] = {k: v for k, v in options.overrides.items() if v is not None}
    about_teacher = {"views": options.teacher_views, "weight": options.teacher_weight}
    told = {name: value for name, value in about_teacher.items() if value is not None}
    if options.teacher is not None:
        given["distillation"] = {"teacher": options.teacher} | told
    elif told:
        raise BadTrainingOption(f"--teacher-{next(iter(told))}: there is no --teacher")
    try:
        return Recipe.model_validate(get_recipe(options.recipe).model_dump() | given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]).replace("_", "-")
        name = name.replace("distillation.", "teacher-")
        raise BadTrainingOption(f"--{name} {first['input']}: {first['msg']}") from error


def _fair_threads() -> int:
    """All cores, shared with the other processes of this machine."""
    return max(1, (os.cpu_count() or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))
