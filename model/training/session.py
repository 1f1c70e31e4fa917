"""The order of a training run: check what was asked for, train, evaluate, write."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from irrvit.model.data.find import load_dataset
from irrvit.model.errors import BadCheckpoint, ModelError
from irrvit.model.evaluate import evaluate
from irrvit.model.files import sha256
from irrvit.model.macs import count_macs
from irrvit.model.network import variants
from irrvit.model.sources import checkpoint
from irrvit.model.training import ablation
from irrvit.model.training.loop import Job, Step, is_first_process, train
from irrvit.model.training.recipe import RECIPES, Recipe
from irrvit.model.training.report import (
    Record,
    write_checkpoint,
    write_curves,
    write_log,
    write_record,
)
from irrvit.model.training.state import Epoch, State


class BadRequest(ModelError):
    """An option has a value that it cannot have."""


@dataclass(frozen=True)
class Request:
    """What `irrvit-train` was asked for.

    Attributes:
        overrides: fields of the recipe; None leaves the recipe's own.
        init: a checkpoint to begin with.
        ablation_seeds: with how many seeds to run the ablation instead of one training.
        command: as it was typed, for the record.
    """

    model: str
    data: str
    out: Path
    recipe: str = "plain"
    overrides: dict[str, int | float | None] = field(default_factory=dict)
    test: bool = False
    data_root: Path | None = None
    download: bool = False
    threads: int | None = None
    init: Path | None = None
    ablation_seeds: int | None = None
    command: str = ""


@dataclass(frozen=True)
class Result:
    """The file that a run made, and what it went through, if it was one training."""

    path: Path
    history: list[Epoch] = field(default_factory=list)


def run(request: Request) -> Result:
    """Train as asked, or go on where an earlier run of the same request was stopped.

    Raises:
        ModelError: saying what is wrong with the request, the data or the folder.
    """
    job = _job(request)
    with _progress() as notify:
        if request.ablation_seeds is not None:
            ablation.run(job, request.ablation_seeds, notify)
            return Result(job.out / "ablation.md")
        state = train(job, notify)
    path = job.out / f"{job.variant.name}.safetensors"
    if is_first_process():
        _write(job, request, state, path)
    return Result(path, state.history)


def _job(request: Request) -> Job:
    variant = variants.get(request.model)
    recipe = _recipe(request)
    dataset = load_dataset(request.data, root=request.data_root, download=request.download)
    if request.test and dataset.test is None:
        raise BadRequest(f"--test: nobody set test pictures of '{request.data}' apart")
    if request.threads is not None and request.threads < 1:
        raise BadRequest(f"--threads {request.threads}: expected 1 or more")
    torch.set_num_threads(request.threads or _fair_threads())
    request.out.mkdir(parents=True, exist_ok=True)
    init = checkpoint.read(request.init) if request.init is not None else None
    return Job(variant, dataset, recipe, request.out, init)


def _recipe(request: Request) -> Recipe:
    if request.recipe not in RECIPES:
        raise BadRequest(f"unknown recipe '{request.recipe}': expected one of {', '.join(RECIPES)}")
    given = {k: v for k, v in request.overrides.items() if v is not None}
    try:
        return Recipe.model_validate(RECIPES[request.recipe].model_dump() | given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise BadRequest(f"--{name} {first['input']}: {first['msg']}") from error


def _fair_threads() -> int:
    """All cores, shared with the other processes of this machine."""
    return max(1, (os.cpu_count() or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", "1")))


def _write(job: Job, request: Request, state: State, path: Path) -> None:
    write_log(state.history, job.out / "log.csv")
    title = f"{job.variant.name}, {job.data.name}"
    write_curves(state.history, path.with_suffix(".png"), title)
    write_checkpoint(state.average, path, job.spec, job.data.labels)
    write_record(_record(job, request, state, path), path.with_suffix(".json"))


def _record(job: Job, request: Request, state: State, path: Path) -> Record:
    network, history, dataset = state.average, state.history, job.data
    seconds = sum(epoch.seconds for epoch in history)
    parts = {"train": dataset.train, "held_out": dataset.held_out, "test": dataset.test}
    example = torch.zeros(1, 3, job.spec.height, job.spec.width)
    device = next(network.parameters()).device
    return Record(
        command=request.command,
        variant=job.variant.name,
        data=dataset.name,
        data_sha256=dataset.sha256,
        pictures={name: len(part) for name, part in parts.items() if part is not None},
        recipe=job.recipe.model_dump(mode="json"),
        parameters=sum(p.numel() for p in network.parameters()),
        mmacs=round(count_macs(network, example.to(device)) / 1e6, 2),
        held_out_top1=history[-1].held_out_top1,
        test_top1=evaluate(network, dataset.test, job.spec)[1]
        if request.test and dataset.test
        else None,
        seconds=round(seconds, 1),
        loading_share=round(sum(e.waiting_s + e.augmenting_s for e in history) / seconds, 4),
        begun_from=_earlier(job, request),
        threads=torch.get_num_threads(),
        processes=int(os.environ.get("WORLD_SIZE", "1")),
        versions={name: metadata.version(name) for name in ("torch", "numpy", "pillow")},
        checkpoint_sha256=sha256(path, BadCheckpoint),
    )


def _earlier(job: Job, request: Request) -> dict[str, Any] | None:
    """What is known about the weights that the run began with."""
    if job.init is None or request.init is None:
        return None
    beside = request.init.with_suffix(".json")
    told = json.loads(beside.read_text()) if beside.is_file() else {}
    return told | {"checkpoint_sha256": job.init.sha256}


@contextmanager
def _progress() -> Iterator[Callable[[Step], None]]:
    """A bar on stderr, in the first process only; a line per epoch comes from the log."""
    columns = (
        TextColumn("epoch {task.fields[epoch]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("steps"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[top1]}"),
    )
    with Progress(*columns, console=Console(stderr=True), disable=not is_first_process()) as bar:
        task = bar.add_task("", total=None, epoch=1, top1="")

        def notify(step: Step) -> None:
            top1 = f"held out {step.history[-1].held_out_top1:.2%}" if step.history else ""
            bar.update(task, completed=step.done, total=step.total, epoch=step.epoch, top1=top1)

        yield notify
