"""One call of `irrvit-export`: what is current is kept, the rest is exported and put in place."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from irrvit.export import artifact, target
from irrvit.export.artifact import Artifact
from irrvit.export.cache_key import cache_key
from irrvit.export.command import publish, together, workers
from irrvit.export.command.effects import require_effects
from irrvit.export.command.evaluate import Decide, evaluate
from irrvit.export.command.options import ExportOptions, to_jobs
from irrvit.export.command.tasks import ExportTask, Outcomes, PrepareTask
from irrvit.export.command.workers import Failure
from irrvit.export.errors import BadArtifact, MissingExtra, NotWritable
from irrvit.export.job import ExportJob
from irrvit.export.manifest import Manifest
from irrvit.export.proof.labelled import LabelledPictures
from irrvit.export.tensorflow.environment import make_environment
from irrvit.model.data.find import require_dataset
from irrvit.model.progress import Notify

PASSED, FAILED, COULD_NOT_RUN = 0, 1, 2
REJECTED = ".rejected"


@dataclass(frozen=True)
class ExportResult:
    """What came of it; a target is among the artifacts or among the errors."""

    model: str
    artifacts: list[Artifact] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def exit_code(self) -> int:
        """0: every file passed; 1: a check ran and failed; 2: something could not be done."""
        if self.errors:
            return COULD_NOT_RUN
        manifests = [a.manifest for a in self.artifacts]
        return PASSED if all(m.passed and m.is_accurate for m in manifests) else FAILED


def export_files(options: ExportOptions, notify: Notify) -> ExportResult:
    """Export all that is asked for and not current.

    A file that fails its check is kept beside the good ones under a name of its own, for whoever
    wants to look at it, and replaces none of them.

    Raises:
        ExportError, ModelError: before anything is written, when an option makes no sense.
    """
    jobs = to_jobs(options)
    require_effects(options, jobs)
    if options.evaluate is not None:
        require_dataset(options.evaluate, options.data_root)
    keys = {job.name: cache_key(job) for job in jobs}
    out = options.out or Path("artifacts") / jobs[0].file_stem
    todo = _not_current(jobs, keys, out, options)
    for job in jobs:
        if job not in todo:
            notify(job.name, "unchanged")
    if any(job.tensorflow for job in todo):
        make_environment(lambda line: notify("tensorflow", line))
    outcomes = _absent(todo)
    todo = [job for job in todo if job.name not in outcomes]
    outcomes |= _export(todo, keys, out, notify, options) if todo else {}
    result = _collect(options.model, jobs, outcomes, out)
    return evaluated(result, options, notify) if options.evaluate else result


def _absent(jobs: list[ExportJob]) -> Outcomes:
    """What cannot be written with what is installed: said before anything is begun."""
    outcomes: Outcomes = {}
    for job in jobs:
        try:
            target.require(job.target)
        except MissingExtra as error:
            outcomes[job.name] = Failure(str(error))
    return outcomes


def _collect(model: str, jobs: list[ExportJob], outcomes: Outcomes, out: Path) -> ExportResult:
    artifacts, errors = [], {}
    for job in jobs:
        match outcomes.get(job.name):
            case Failure(message):
                is_only = sum(job.target == other.target for other in jobs) == 1
                errors[job.target if is_only else job.name] = message
            case Manifest(passed=False):
                artifacts.append(artifact.open(out / (job.name + REJECTED)))
            case _:
                artifacts.append(artifact.open(out / job.name))
    return ExportResult(model, artifacts, errors)


def evaluated(
    result: ExportResult, options: ExportOptions, notify: Notify, decide: Decide = workers.run
) -> ExportResult:
    """Try what passed on labelled pictures, and open it again with what is now known of it.

    Raises:
        BadData, BadOption: the pictures cannot be read, or are of other classes.
    """
    labelled = _labelled(options)
    assert labelled is not None
    by_name = {job.name: job for job in to_jobs(options)}
    passed = {by_name[a.path.parent.name]: a for a in result.artifacts if a.manifest.passed}
    errors = evaluate(passed, labelled, notify, decide) if passed else {}
    again = [artifact.open(a.path) for a in result.artifacts]
    return ExportResult(result.model, again, result.errors | errors)


def _labelled(options: ExportOptions) -> LabelledPictures | None:
    """What the files will be tried on, if on anything."""
    if options.evaluate is None:
        return None
    return LabelledPictures(options.evaluate, options.data_root)


def _not_current(
    jobs: list[ExportJob], keys: dict[str, str], out: Path, options: ExportOptions
) -> list[ExportJob]:
    return [job for job in jobs if options.force or not is_current(out / job.name, keys[job.name])]


def is_current(folder: Path, key: str) -> bool:
    """Whether a whole artifact that passed, made from what the key stands for, is there."""
    try:
        manifest = artifact.open(folder).manifest
    except BadArtifact:
        return False
    return manifest.passed and manifest.cache_key == key


def _export(
    todo: list[ExportJob], keys: dict[str, str], out: Path, notify: Notify, options: ExportOptions
) -> Outcomes:
    with _writable(out), publish.workspace(out, on_wait=lambda: _say_waiting(out, notify)) as space:
        # Whoever was waited for may have done it.
        jobs = _not_current(todo, keys, out, options)
        if not jobs:
            return {}
        for job in jobs:
            (space / job.name).mkdir()
        by_target = {job.target: [j for j in jobs if j.target == job.target] for job in jobs}
        prepare = PrepareTask(jobs[0], space, out, _labelled(options))
        tasks = [ExportTask(tuple(group), keys, prepare) for group in by_target.values()]
        outcomes: Outcomes = {}
        for task, outcome in together.run(prepare, tasks, notify):
            each = _each(task, outcome)
            workers.settle(task, *each.values())
            for name, one in each.items():
                _place(name, one, space, out, notify)
            outcomes |= each
        return outcomes


def _each(task: ExportTask, outcome: Outcomes | Failure) -> Outcomes:
    """By file; what keeps a target from being begun is said of all its files."""
    if isinstance(outcome, Failure):
        return {job.name: outcome for job in task.jobs}
    return outcome


def _place(name: str, outcome: Manifest | Failure, space: Path, out: Path, notify: Notify) -> None:
    rejected = out / (name + REJECTED)
    if isinstance(outcome, Failure):
        notify(name, "failed")
        return
    shutil.rmtree(rejected, ignore_errors=True)
    publish.publish(space / name, out / name if outcome.passed else rejected)
    notify(name, "done" if outcome.passed else "failed its check")


@contextmanager
def _writable(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotWritable(out, error) from error


def _say_waiting(out: Path, notify: Notify) -> None:
    notify("all", f"waiting for another export into {out}")
