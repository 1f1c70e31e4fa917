"""What the processes of an export do: load, run and fold the network, and write its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from irrvit.export.command import workers
from irrvit.export.command.workers import Failure
from irrvit.export.job import ExportJob
from irrvit.export.manifest import Manifest
from irrvit.export.precision import Precision
from irrvit.export.proof.labelled import LabelledPictures, expected_of
from irrvit.model.progress import NotifyStage

if TYPE_CHECKING:
    from irrvit.export.pipeline import Prepared

Outcomes = dict[str, Manifest | Failure]
"""By the name of the job."""


@dataclass(frozen=True)
class PrepareTask:
    """Load a network, run it and fold it, for the files of all targets.

    Attributes:
        job: any of those of the network.
        space: a folder for what is printed; `out` is where that goes if it fails.
        evaluate: what the files will be tried on: pictures of other classes are said at once.
    """

    job: ExportJob
    space: Path
    out: Path
    evaluate: LabelledPictures | None = None

    name = "network"

    @property
    def target(self) -> str:
        return self.job.target

    @property
    def chatter(self) -> Path:
        return self.space / f"{self.name}.log"

    @property
    def log(self) -> Path:
        return self.out / f"{self.name}.log"

    def run(self, notify: NotifyStage) -> Prepared:
        from irrvit.export import pipeline  # Brings torch: only where the work is.

        notify("loading and folding the network")
        prepared = pipeline.prepare(self.job)
        if self.evaluate is not None:
            expected_of(prepared.source.labels, self.evaluate.load(notify))
        return prepared


@dataclass(frozen=True)
class ExportTask:
    """Write the files of one target for one network.

    Attributes:
        keys: the cache key of each job.
        prepare: what is done before; its space has an empty folder for each job, by its name.
        prepared: what it made, if it was done.
    """

    jobs: tuple[ExportJob, ...]
    keys: Mapping[str, str]
    prepare: PrepareTask
    prepared: Prepared | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        return self.jobs[0].name if len(self.jobs) == 1 else self.target

    @property
    def target(self) -> str:
        return self.jobs[0].target

    @property
    def chatter(self) -> Path:
        return self.space / f"{self.name}.log"

    @property
    def log(self) -> Path:
        return self.prepare.out / f"{self.name}.log"

    @property
    def space(self) -> Path:
        return self.prepare.space

    def given(self, prepared: Prepared) -> ExportTask:
        """The same task, of a network that is prepared."""
        return replace(self, prepared=prepared)

    def run(self, notify: NotifyStage) -> Outcomes:
        from irrvit.export import pipeline, target

        target.get(self.target)
        prepared, outcomes = self.prepared or self.prepare.run(notify), {}
        # The float32 file first: those of fewer bits are judged beside it.
        for job in sorted(self.jobs, key=lambda job: job.precision is not Precision.FP32):
            say = notify if len(self.jobs) == 1 else _prefixed(notify, job.precision)
            exporting = partial(
                pipeline.export_prepared,
                job,
                prepared,
                self.space / job.name,
                cache_key=self.keys[job.name],
                notify=say,
            )
            outcome = outcomes[job.name] = workers.attempt(self, exporting)
            if isinstance(outcome, Manifest) and job.precision is Precision.FP32:
                prepared = replace(prepared, float32=self.space / job.name / outcome.file)
        return outcomes


def _prefixed(notify: NotifyStage, precision: Precision) -> NotifyStage:
    return lambda stage: notify(f"{precision}: {stage}")
