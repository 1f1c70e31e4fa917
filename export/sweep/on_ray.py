"""On a Ray cluster: each network is a task, wherever there is room for it."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from irrvit.export import artifact
from irrvit.export.cache_key import versions
from irrvit.export.command import publish
from irrvit.export.command.evaluate import DecideTask
from irrvit.export.command.export_files import REJECTED, ExportResult
from irrvit.export.command.options import ExportOptions, to_jobs
from irrvit.export.errors import BadArtifact, ExportError
from irrvit.export.sweep import cluster
from irrvit.export.sweep.decide import decide
from irrvit.export.sweep.parcel import Parcel, unpack
from irrvit.export.sweep.place import ALL, Exported, could_not
from irrvit.export.sweep.request import Answer, fulfil, request
from irrvit.model.errors import ModelError
from irrvit.model.progress import Notify

_MEMORY_BYTES = 3 * 1024**3
"""What is kept free for a network; docs/lab.md says what networks took."""


@dataclass(frozen=True)
class OnRay:
    """A cluster that is connected to, as a place."""

    ray: ModuleType

    def export(self, each: Sequence[ExportOptions], notify: Notify) -> Iterator[Exported]:
        """Send each network to the cluster; yield them as they come back.

        Raises:
            BadOption: a machine of the cluster would write other files than this one.
            ClusterLost: the cluster went away; what came back until then is in place.
        """
        self._require_same(each)
        task = cluster.task(self.ray, fulfil, memory=_MEMORY_BYTES)
        sent, refused = [], []
        for options in each:
            try:
                sent.append((options, task.remote(request(options))))
                notify(options.model, "sent")
            except (ExportError, ModelError) as error:
                refused.append(Exported(options, could_not(options, str(error))))
        yield from refused
        for options, answer in cluster.answers(self.ray, sent):
            if isinstance(answer, str):
                answer = Answer("", errors={ALL: answer})
            yield Exported(options, receive(answer, options), answer.host, answer.seconds)

    def decide(
        self, tasks: Iterable[DecideTask], notify: Notify
    ) -> Iterator[tuple[DecideTask, Any]]:
        """Divide the pictures of each task into shards; yield each task with what came of it."""
        yield from decide(self.ray, list(tasks), notify)

    def _require_same(self, each: Sequence[ExportOptions]) -> None:
        jobs = [job for options in each[:1] for job in to_jobs(options)]
        there = cluster.on_every_node(self.ray, versions, jobs)
        cluster.require_same(versions(jobs), there)


def receive(answer: Answer, options: ExportOptions) -> ExportResult:
    """Put what came back into the folder of the network, each file in one piece."""
    assert options.out is not None
    out, made = options.out, answer.made
    if made is None:
        return ExportResult(options.model, errors=dict(answer.errors))
    try:
        _put(made, out)
        return _result(options, answer.errors)
    except BadArtifact as error:
        return could_not(options, f"{answer.host}: {error}")
    except OSError as error:
        return could_not(options, f"cannot write to {out}: {error.strerror or error}")


def _put(made: Parcel, out: Path) -> None:
    with publish.workspace(out, on_wait=lambda: None) as space:
        unpack(made, space)
        for path in sorted(space.iterdir()):
            if path.is_dir() and not path.name.startswith("."):
                name = path.name.removesuffix(REJECTED)
                shutil.rmtree(out / (name + REJECTED), ignore_errors=True)
                publish.publish(path, out / path.name)
            elif path.suffix == ".log":
                path.replace(out / path.name)


def _result(options: ExportOptions, errors: dict[str, str]) -> ExportResult:
    """What is now in the folder of a network."""
    assert options.out is not None
    artifacts = []
    for job in to_jobs(options):
        if job.name in errors or job.target in errors:
            continue
        rejected = options.out / (job.name + REJECTED)
        artifacts.append(artifact.open(rejected if rejected.exists() else options.out / job.name))
    return ExportResult(options.model, artifacts, dict(errors))
