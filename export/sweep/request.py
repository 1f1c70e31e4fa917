"""One network to export elsewhere: what is sent there, what is done there, what comes back."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from irrvit.export.cache_key import cache_key
from irrvit.export.command.export_files import export_files
from irrvit.export.command.options import ExportOptions, to_jobs
from irrvit.export.command.workers import CORES
from irrvit.export.errors import BadOption, ExportError
from irrvit.export.sweep.cluster import this_host
from irrvit.export.sweep.parcel import Parcel, pack, pack_folder, unpack
from irrvit.model.errors import ModelError
from irrvit.model.sources.checkpoints import files as weight_files

_PROGRAM = ".pt2"
_PREFIX = "irrvit-sweep-"


@dataclass(frozen=True)
class Request:
    """What another machine needs to export a network.

    Attributes:
        options: as they were typed; paths are those of the machine that asks.
        keys: the cache key of each file, as that machine has them.
        files: those that the options name, below a folder for each option.
    """

    options: ExportOptions
    keys: dict[str, str]
    files: Parcel


@dataclass(frozen=True)
class Answer:
    """What came of a request.

    Attributes:
        host: where it was done, and in how many seconds.
        errors: as in `ExportResult`.
        made: the folder of the network, with what did not pass and with logs.
    """

    host: str
    seconds: float = 0.0
    errors: dict[str, str] = field(default_factory=dict)
    made: Parcel | None = None


def request(options: ExportOptions) -> Request:
    """Put together what is sent.

    Raises:
        ExportError, ModelError: an option makes no sense, or a file cannot be read.
    """
    keys = {job.name: cache_key(job) for job in to_jobs(options)}
    return Request(options, keys, pack(_named_files(options)))


def fulfil(asked: Request) -> Answer:
    """Export a network here for another machine; in a folder that is removed afterwards."""
    begun = time.monotonic()

    def answer(errors: dict[str, str], made: Parcel | None = None) -> Answer:
        return Answer(this_host(), time.monotonic() - begun, errors, made)

    with _folder() as folder:
        try:
            with arrived(asked, folder) as options:
                _require_same_keys(asked, options)
                result = export_files(options, lambda name, stage: None)
        except (ExportError, ModelError) as error:
            return answer({"all": str(error)})
        except OSError as error:  # A full disk, above all.
            return answer({"all": f"{this_host()}: {error.strerror or error}"})
        shown = str(asked.options.out)
        errors = {k: m.replace(str(options.out), shown) for k, m in result.errors.items()}
        assert options.out is not None
        return answer(errors, pack_folder(options.out))


@contextmanager
def arrived(asked: Request, folder: Path) -> Iterator[ExportOptions]:
    """Put what was sent into a folder; yield the options with the paths that files have there."""
    unpack(asked.files, folder / "sent")
    below = folder / "sent" / "model"
    below.mkdir(parents=True, exist_ok=True)
    with chdir(below):  # A saved program is named as where it came from.
        yield _here(asked.options, folder)


def _named_files(options: ExportOptions) -> dict[str, bytes]:
    """The files that options name, by the path that they have in a parcel."""
    paths: dict[str, Path] = {}
    if options.model.endswith(_PROGRAM):
        if Path(options.model).is_absolute() or ".." in Path(options.model).parts:
            raise BadOption(
                f"'{options.model}' is sent to other machines under its name: give its path from "
                "the folder that you are in, and below it"
            )
        paths[f"model/{Path(options.model).as_posix()}"] = Path(options.model)
    if options.labels is not None:
        paths[f"labels/{options.labels.name}"] = options.labels
    if options.checkpoint is not None:
        found = weight_files.find(options.checkpoint)
        parts = [*found.parts, *(p for p in (found.index, found.config_file) if p is not None)]
        paths |= {f"checkpoint/{part.name}": part for part in parts}
    if options.calibration is not None and (folder := Path(options.calibration)).is_dir():
        pictures = (path for path in sorted(folder.rglob("*")) if path.is_file())
        below = f"calibration/{folder.resolve().name}"
        paths |= {f"{below}/{p.relative_to(folder).as_posix()}": p for p in pictures}
    try:
        return {name: path.read_bytes() for name, path in paths.items()}
    except OSError as error:
        raise BadOption(f"'{error.filename}' cannot be read: {error.strerror}") from error


def _here(options: ExportOptions, folder: Path) -> ExportOptions:
    """The same options with the paths that their files have here."""
    sent = folder / "sent"
    checkpoint, labels, calibration = options.checkpoint, options.labels, options.calibration
    if checkpoint is not None:
        is_folder = not (sent / "checkpoint" / checkpoint.name).exists()
        checkpoint = sent / "checkpoint" / ("" if is_folder else checkpoint.name)
    if labels is not None:
        labels = sent / "labels" / labels.name
    if (sent / "calibration").is_dir():
        calibration = str(next((sent / "calibration").iterdir()))
    return replace(
        options,
        checkpoint=checkpoint,
        labels=labels,
        calibration=calibration,
        out=folder / "made",
        evaluate=None,
    )


def _require_same_keys(asked: Request, options: ExportOptions) -> None:
    keys = {job.name: cache_key(job) for job in to_jobs(options)}
    other = sorted(name for name, key in asked.keys.items() if keys.get(name) != key)
    if other:
        raise BadOption(
            f"{this_host()} would write another {other[0]}: it has other packages, other code or "
            "other data sets than the machine that asks; install the same on both"
        )


@contextmanager
def _folder() -> Iterator[Path]:
    """An empty folder; those of processes that were killed are removed first."""
    with TemporaryDirectory(prefix=f"{_PREFIX}{os.getpid()}-") as name:
        folder = Path(name)
        for other in folder.parent.glob(f"{_PREFIX}*"):
            pid = other.name.removeprefix(_PREFIX).partition("-")[0]
            if pid.isdigit() and not _is_running(int(pid)):
                shutil.rmtree(other, ignore_errors=True)
        os.environ[CORES] = "1"  # The cluster gives each network one.
        yield folder


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
