"""What `irrvit-train` does, in order: look the options up, train, evaluate, write."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import Any

import torch
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from irrvit.model.errors import BadCheckpoint
from irrvit.model.evaluate import evaluate
from irrvit.model.files import sha256
from irrvit.model.macs import count_macs
from irrvit.model.training import ablation, outputs
from irrvit.model.training.loop import NotifyStep, Step, is_first_process, train
from irrvit.model.training.options import TrainingOptions, prepare
from irrvit.model.training.outputs import TrainingRecord
from irrvit.model.training.run import TrainingRun
from irrvit.model.training.state import Epoch, TrainingState
from irrvit.model.training.teacher import teacher_of


@dataclass(frozen=True)
class TrainingResult:
    """The file that a run made, and what it went through, if it was one training."""

    path: Path
    history: list[Epoch] = field(default_factory=list)


def execute(options: TrainingOptions) -> TrainingResult:
    """Train as asked, or go on where an earlier run with the same options was stopped.

    Raises:
        ModelError: saying what is wrong with an option, the data or the folder.
    """
    run = prepare(options)
    with _progress_bar() as notify:
        if options.ablation:
            seeds, parts = options.seeds, options.parts or ablation.PARTS
            ablation.train_all(run, 2 if seeds is None else seeds, notify, parts)
            return TrainingResult(run.out / "ablation.md")
        state = train(run, notify)
    path = run.out / f"{run.variant.name}.safetensors"
    if is_first_process():
        _write(run, options, state, path)
    return TrainingResult(path, state.history)


def _write(run: TrainingRun, options: TrainingOptions, state: TrainingState, path: Path) -> None:
    outputs.write_log(state.history, run.out / "log.csv")
    title = f"{run.variant.name}, {run.data.name}"
    outputs.write_curves(state.history, path.with_suffix(".png"), title)
    outputs.write_checkpoint(state.average, path, run.spec, run.data.labels)
    outputs.write_record(_record(run, options, state, path), path.with_suffix(".json"))


def _record(
    run: TrainingRun, options: TrainingOptions, state: TrainingState, path: Path
) -> TrainingRecord:
    network, history, data = state.average, state.history, run.data
    seconds = sum(epoch.seconds for epoch in history)
    parts = {"train": data.train, "held_out": data.held_out, "test": data.test}
    example = torch.zeros(1, 3, run.spec.height, run.spec.width)
    torch_device = next(network.parameters()).device
    return TrainingRecord(
        command=options.command,
        variant=run.variant.name,
        data=data.name,
        data_sha256=data.sha256,
        pictures={name: len(part) for name, part in parts.items() if part is not None},
        recipe=run.recipe.model_dump(mode="json"),
        parameters=sum(p.numel() for p in network.parameters()),
        mmacs=round(count_macs(network, example.to(torch_device)) / 1e6, 2),
        held_out_top1=history[-1].held_out_top1,
        test_top1=evaluate(network, data.test, run.spec)[1] if options.test and data.test else None,
        seconds=round(seconds, 1),
        loading_share=round(sum(e.waiting_s + e.augmenting_s for e in history) / seconds, 4),
        teacher=_teacher(run, options, torch_device),
        begun_from=_earlier(run, options),
        device=_name(torch_device),
        threads=torch.get_num_threads(),
        processes=int(os.environ.get("WORLD_SIZE", "1")),
        versions={name: metadata.version(name) for name in ("torch", "numpy", "pillow")},
        checkpoint_sha256=sha256(path, BadCheckpoint),
    )


def _teacher(
    run: TrainingRun, options: TrainingOptions, device: torch.device
) -> dict[str, Any] | None:
    """How often the teacher is right about what the network was tried on."""
    how, data = run.recipe.distillation, run.data
    if how is None:
        return None
    teacher = teacher_of(how, data, device)
    parts = {"held_out": data.held_out, "test": data.test if options.test else None}
    right = {f"{name}_top1": teacher.top1(part, run.spec) for name, part in parts.items() if part}
    return {"name": teacher.source.name, "weights": teacher.source.weights, **right}


def _name(device: torch.device) -> str:
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type


def _earlier(run: TrainingRun, options: TrainingOptions) -> dict[str, Any] | None:
    """What is known about the weights that the run began with."""
    if run.init is None or options.init is None:
        return None
    beside = options.init.with_suffix(".json")
    told = json.loads(beside.read_text()) if beside.is_file() else {}
    return told | {"checkpoint_sha256": run.init.sha256}


@contextmanager
def _progress_bar() -> Iterator[NotifyStep]:
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
