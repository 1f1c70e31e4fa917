"""Which files are whole pictures, and their hashes: found once, and known again while they stay.

What was found is kept in the cache folder of `packed`. A file is known again by its size and the
times of its last changes. What is kept bears its own hash: damaged, it is as good as not there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import NamedTemporaryFile

import PIL
from PIL import Image

from irrvit.model.data.packed import cache_folder
from irrvit.model.files import code_hash
from irrvit.model.progress import NotifyStage, quiet

log = logging.getLogger(__name__)

_GLANCE = (32, 32)  # JPEG is decoded at an eighth where that suffices to see whether it is whole.
_BATCH = 1000
_SETTLED_NS = 2_000_000_000  # A file system's clock may be as coarse as this: FAT's is.


def check(
    folder: Path, files: Sequence[Path], notify: NotifyStage = quiet
) -> tuple[dict[Path, str], tuple[str, ...]]:
    """Hash every file below `folder` that is a picture, and say which are none, and why.

    Args:
        notify: called while files are read; not where all are known.

    Returns:
        The hash of each picture, in order, and a line for each file that is none.
    """
    place, began = _place(folder), time.time_ns()
    keys = {file: f"{file.relative_to(folder).as_posix()} {_stamp(file)}" for file in files}
    kept = _recall(place)
    digests = {file: kept[key] for file, key in keys.items() if key in kept}
    unknown = [file for file in files if file not in digests]
    whys: dict[Path, str] = {}
    try:
        for at in range(0, len(unknown), _BATCH):
            notify(f"checking pictures: {at:,} of {len(unknown):,}")
            _read(unknown[at : at + _BATCH], digests, whys)
    finally:  # Interrupted, it goes on where it was.
        if unknown:
            lasting = {keys[f]: d for f, d in digests.items() if _is_settled(f, began)}
            _keep(place, lasting)
    if unknown:
        notify(f"done: {len(digests):,} pictures are whole")
    skipped = tuple(f"{file}: {why}" for file, why in whys.items())
    for line in skipped:
        log.warning("skipped %s", line)
    return {file: digests[file] for file in files if file in digests}, skipped


def _read(files: Sequence[Path], digests: dict[Path, str], whys: dict[Path, str]) -> None:
    with ThreadPoolExecutor() as pool:
        for file, (sha256, why) in zip(files, pool.map(_read_once, files), strict=True):
            if why:
                whys[file] = why
            else:
                digests[file] = sha256


def _read_once(path: Path) -> tuple[str, str]:
    """A file's hash, and why it is no picture, if it is none."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with Image.open(path) as image:
            image.draft("RGB", _GLANCE)
            image.load()
    # Pillow's decoders raise almost any built-in exception on damaged files.
    except Exception as error:
        return "", str(error) or type(error).__name__
    return digest, ""


def _stamp(file: Path) -> str:
    try:
        stat = file.stat()
    except OSError:  # What is wrong is said when it is read.
        return "-"
    return f"{stat.st_size} {stat.st_mtime_ns} {stat.st_ctime_ns}"


def _is_settled(file: Path, began: int) -> bool:
    """Whether a file that changes from now on will have another stamp."""
    try:
        stat = file.stat()
    except OSError:
        return False
    return max(stat.st_mtime_ns, stat.st_ctime_ns) < began - _SETTLED_NS


def _place(folder: Path) -> Path:
    """Where it is kept what is known of a folder; elsewhere, once pictures are read otherwise."""
    how = f"{folder.resolve()}\n{PIL.__version__}\n{code_hash('data/checked.py')}"
    return cache_folder() / f"checked-{hashlib.sha256(how.encode()).hexdigest()}.json"


def _recall(place: Path) -> dict[str, str]:
    """Names of files with their stamps -> their hashes; nothing, where what is kept is damaged."""
    try:
        told, _, content = place.read_bytes().partition(b"\n")
    except OSError:
        return {}
    whole = told.decode(errors="replace") == hashlib.sha256(content).hexdigest()
    return json.loads(content) if whole else {}


def _keep(place: Path, lasting: dict[str, str]) -> None:
    content = json.dumps(lasting).encode()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=place.parent, suffix=".part", delete=False) as part:
            part.write(hashlib.sha256(content).hexdigest().encode() + b"\n" + content)
        Path(part.name).replace(place)
    except OSError as error:
        log.warning(
            "which pictures are whole cannot be kept in '%s' (%s), so that they will be read again:"
            " make room there, or name another folder with IRRVIT_DATA_CACHE",
            place.parent,
            error.strerror,
        )
