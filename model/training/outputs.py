"""What a training run leaves behind: the checkpoint, a record beside it, a log and its curves."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from torch import nn

from irrvit.model.errors import MissingPackage
from irrvit.model.files import write_in_one_piece
from irrvit.model.sources.checkpoints import checkpoint
from irrvit.model.spec import InputSpec
from irrvit.model.training.state import Epoch


@dataclass(frozen=True)
class TrainingRecord:
    """What is worth knowing about a checkpoint, written beside it.

    Attributes:
        data_sha256: of the pictures and classes, all parts.
        recipe: every figure that decided the outcome, the seed among them.
        test_top1: on pictures that nothing was chosen by; None when they were not looked at.
        teacher: its name, and how often it is right itself about the pictures; None without one.
        begun_from: the record of the checkpoint it began with; None for random weights.
        loading_share: the part of the time in which the network waited for pictures.
        device: what computed: `cpu`, or the name of a GPU.
    """

    command: str
    variant: str
    data: str
    data_sha256: str
    pictures: dict[str, int]
    recipe: dict[str, Any]
    parameters: int
    mmacs: float
    held_out_top1: float
    test_top1: float | None
    seconds: float
    loading_share: float
    teacher: dict[str, Any] | None
    begun_from: dict[str, Any] | None
    device: str
    threads: int
    processes: int
    versions: dict[str, str]
    checkpoint_sha256: str


def write_checkpoint(
    network: nn.Module, path: Path, spec: InputSpec, labels: tuple[str, ...]
) -> None:
    """Write weights with their labels and their input."""
    write_in_one_piece(path, lambda part: checkpoint.write(network, part, spec, labels))


def write_record(record: TrainingRecord, path: Path) -> None:
    text = json.dumps(asdict(record), indent=2) + "\n"
    write_in_one_piece(path, lambda part: part.write_text(text))


def write_log(history: list[Epoch], path: Path) -> None:
    """Write the epochs as CSV, one row each."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [f.name for f in fields(Epoch)], lineterminator="\n")
    writer.writeheader()
    writer.writerows(asdict(epoch) for epoch in history)
    write_in_one_piece(path, lambda part: part.write_text(text.getvalue()))


def write_curves(history: list[Epoch], path: Path, title: str) -> None:
    """Draw loss and held-out accuracy by epoch as a PNG."""
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError as error:
        raise MissingPackage("matplotlib", "train") from error
    figure = Figure(figsize=(9, 3.5), layout="constrained")
    losses, accuracy = figure.subplots(1, 2)
    epochs = [row.epoch for row in history]
    losses.plot(epochs, [row.train_loss for row in history], label="training, with smoothing")
    losses.plot(epochs, [row.held_out_loss for row in history], label="held out")
    losses.set(xlabel="epoch", ylabel="cross-entropy")
    losses.legend()
    accuracy.plot(epochs, [100 * row.held_out_top1 for row in history], color="tab:green")
    accuracy.set(xlabel="epoch", ylabel="held-out top-1, %")
    figure.suptitle(title)
    write_in_one_piece(path, lambda part: figure.savefig(part, format="png", dpi=110))
