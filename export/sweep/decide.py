"""Labelled pictures in shards: shown to files on many machines, decisions kept as they arrive."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from irrvit.export.command.evaluate import (
    STEP,
    DecideTask,
    is_undecided,
    open_decisions,
    pieces,
)
from irrvit.export.command.workers import Failure
from irrvit.export.proof.labelled import LabelledPictures
from irrvit.export.sweep import cluster
from irrvit.export.sweep.shards import decide_shard, subject
from irrvit.model.progress import Notify
from irrvit.model.spec import InputSpec

_SHARD_BYTES = 64 * 1024**2
_MEMORY_BYTES = 1024**3


def decide(
    ray: ModuleType, tasks: Sequence[DecideTask], notify: Notify
) -> Iterator[tuple[DecideTask, np.ndarray | Failure]]:
    """Let the subject of each task, of one network, name the classes of all pictures.

    Raises:
        ClusterLost: there is no cluster any more; the decisions until then are kept.
    """
    first = tasks[0]
    data = LabelledPictures(first.data, first.data_root).load()
    kept = {task.name: open_decisions(task, data) for task in tasks}
    subjects = {task.name: ray.put(subject(task)) for task in tasks}
    work = cluster.task(ray, decide_shard, memory=_MEMORY_BYTES)
    failures: dict[str, Failure] = {}

    def shards() -> Iterator[tuple[tuple[str, slice], Any]]:
        for part, where, into in pieces(data, _size(first.spec)):
            left = [name for name, made in kept.items() if is_undecided(made[into])]
            if left:
                pixels = ray.put(part.pixels(where, first.spec))
                for name in left:
                    yield (name, into), work.remote(subjects[name], pixels)

    for (name, into), answer in cluster.answers(ray, shards(), ahead=2):
        if isinstance(answer, str):
            failures[name] = Failure(answer)
            continue
        kept[name][into] = answer
        kept[name].flush()
        notify(name, f"looking at pictures: {into.stop:,} of {len(kept[name]):,}")
    for task in tasks:
        yield task, failures.get(task.name, np.array(kept[task.name]))


def _size(spec: InputSpec) -> int:
    """How many pictures are sent together: a multiple of those that are run together."""
    picture = spec.height * spec.width * spec.channels
    return STEP * max(1, _SHARD_BYTES // (picture * STEP))
