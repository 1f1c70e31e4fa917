"""Some labelled pictures, shown to a file or to PyTorch on another machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from irrvit.export import artifact
from irrvit.export.command.evaluate import STEP, DecideTask, pytorch
from irrvit.export.command.options import ExportOptions, to_jobs
from irrvit.export.job import ExportJob
from irrvit.export.sweep.parcel import Parcel, pack_folder, unpack
from irrvit.export.sweep.request import Request, arrived, request

_Run = Callable[[np.ndarray], np.ndarray]
_OPENED: dict[str, tuple[_Run, TemporaryDirectory[str]]] = {}
_MOST_OPENED = 8  # PyTorch and the formats of one network, which take turns.


@dataclass(frozen=True)
class Subject:
    """What names the classes: a written file with its manifest, or the network itself.

    Attributes:
        file: the folder of an artifact; None for PyTorch, which `network` describes.
        key: says whether a process has it already.
    """

    key: str
    file: Parcel | None = None
    network: Request | None = None


def subject(task: DecideTask) -> Subject:
    """What a task is about, to be sent."""
    if task.artifact is None:
        network = request(_options_of(task.job))
        return Subject(f"{network.keys} {network.files.sha256}", network=network)
    parcel = pack_folder(task.artifact)
    return Subject(parcel.sha256, file=parcel)


def _options_of(job: ExportJob) -> ExportOptions:
    """What names the same network; labels change no decision."""
    mean, std = (None if v is None else ",".join(map(repr, v)) for v in (job.mean, job.std))
    return ExportOptions(
        job.model,
        targets=(job.target,),
        precisions=(job.precision,),
        checkpoint=job.checkpoint,
        checkpoint_key=job.checkpoint_key,
        mean=mean,
        std=std,
        task=job.task,
    )


def decide_shard(asked: Subject, pixels: np.ndarray) -> np.ndarray:
    """Name the class of each of some pictures, uint8 (N, H, W, C) -> (N,) int64.

    A process opens a file once, however many shards it is given.
    """
    run = _opened(asked)
    groups = [pixels[at : at + STEP] for at in range(0, len(pixels), STEP)]
    return np.concatenate([run(group).argmax(axis=1) for group in groups])


def _opened(asked: Subject) -> _Run:
    if asked.key not in _OPENED:
        while len(_OPENED) >= _MOST_OPENED:
            _, folder = _OPENED.pop(next(iter(_OPENED)))
            folder.cleanup()
        folder = TemporaryDirectory(prefix="irrvit-shards-")
        _OPENED[asked.key] = _open(asked, Path(folder.name)), folder
    return _OPENED[asked.key][0]


def _open(asked: Subject, folder: Path) -> _Run:
    if asked.file is not None:
        unpack(asked.file, folder)
        return artifact.open(folder).run
    assert asked.network is not None
    with arrived(asked.network, folder) as options:
        return pytorch(to_jobs(options)[0])
