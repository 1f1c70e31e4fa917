"""Going through many networks: those that are known already are not exported again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from irrvit.export import artifact
from irrvit.export.artifact import Artifact
from irrvit.export.cache_key import cache_key
from irrvit.export.command.effects import require_effects
from irrvit.export.command.export_files import REJECTED, ExportResult, evaluated
from irrvit.export.command.options import ExportOptions, to_jobs
from irrvit.export.errors import BadArtifact, BadOption, ExportError
from irrvit.export.job import ExportJob
from irrvit.export.sweep.place import ALL, Exported, Place, about, could_not
from irrvit.model.errors import ModelError
from irrvit.model.progress import Notify


def each_network(options: ExportOptions, names: Sequence[str]) -> list[ExportOptions]:
    """The options of each network, with a folder of its own below `options.out`.

    Raises:
        BadOption: two networks would have the same folder, or an option is about one alone.
        ExportError, ModelError: an option makes no sense.
    """
    root = options.out or Path("artifacts")
    each: dict[Path, ExportOptions] = {}
    for name in names:
        one = replace(options, model=name)
        jobs = to_jobs(one)
        require_effects(one, jobs)
        out = root / jobs[0].file_stem
        if out in each:
            raise BadOption(
                f"'{each[out].model}' and '{name}' would both be written into {out}: export one of "
                "them by itself"
            )
        each[out] = replace(one, out=out)
    return list(each.values())


def sweep(each: Sequence[ExportOptions], place: Place, notify: Notify) -> Iterator[Exported]:
    """Yield each network as it is done, first what was done before.

    What is to be tried on labelled pictures is exported first, all of it.

    Raises:
        ExportError: the place cannot be worked at.
    """
    exported = []
    for done in _exported(each, place, notify):
        if done.options.evaluate is None:
            yield done
        else:
            exported.append(done)
    for done in exported:
        say = about(done.options.model, notify)
        yield replace(done, result=_evaluated(done, place, say))


def _exported(each: Sequence[ExportOptions], place: Place, notify: Notify) -> Iterator[Exported]:
    left = []
    for options in each:
        known = None if options.force else _known(options)
        if known is None:
            left.append(options)
        else:
            notify(options.model, "failed" if known.errors else "unchanged")
            yield Exported(options, known)
    if left:
        yield from place.export(left, notify)


def _evaluated(done: Exported, place: Place, notify: Notify) -> ExportResult:
    try:
        return evaluated(done.result, done.options, notify, place.decide)
    except (ExportError, ModelError) as error:
        return replace(done.result, errors=done.result.errors | {ALL: str(error)})


def _known(options: ExportOptions) -> ExportResult | None:
    """What came of a network before, if all of it is known: of what passed and of what did not."""
    try:
        found = [_found(options, job) for job in to_jobs(options)]
    except (ExportError, ModelError) as error:
        return could_not(options, str(error))
    artifacts = [opened for opened in found if opened is not None]
    return ExportResult(options.model, artifacts) if len(artifacts) == len(found) else None


def _found(options: ExportOptions, job: ExportJob) -> Artifact | None:
    assert options.out is not None
    key = cache_key(job)
    for folder in (options.out / job.name, options.out / (job.name + REJECTED)):
        try:
            opened = artifact.open(folder)
        except BadArtifact:
            continue
        if opened.manifest.cache_key == key:
            return opened
    return None
