"""A folder with one folder of pictures for each class: DIR/CLASS/PICTURE."""

from __future__ import annotations

import hashlib
import logging
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from irrvit.model.data.dataset import Dataset, Pictures, split_by_class, subset
from irrvit.model.errors import BadData
from irrvit.model.spec import IMAGENET_MEAN, IMAGENET_STD

log = logging.getLogger(__name__)

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".png", ".ppm", ".tif", ".tiff", ".webp")
_HELD_OUT = 0.1
_CROP = 0.875
_GLANCE = (32, 32)  # JPEG is decoded at an eighth where that suffices to see whether it is whole.


def load(folder: Path) -> Dataset:
    """Read every picture once, leave the broken ones out, and hold a tenth of each class out.

    Nothing is set apart for testing.

    Raises:
        BadData: the folder cannot be read, or a class has no pictures.
    """
    labels = _labels(folder)
    files, classes = _files(folder, labels)
    digests, skipped = _read_all(files)
    whole = np.array([i for i, file in enumerate(files) if file in digests], dtype=np.int64)
    pictures = subset(Pictures(lambda i: _open(files[i]), classes), whole)
    _require_all(folder, labels, pictures.classes)
    digest = hashlib.sha256()
    for file, sha256 in digests.items():
        digest.update(f"{file.relative_to(folder).as_posix()} {sha256}\n".encode())
    kept, held_out = split_by_class(pictures.classes, _HELD_OUT)
    if not len(held_out):
        raise BadData(
            f"'{folder}' has too few pictures: no class has the six of which one is held out"
        )
    return Dataset(
        name=folder.name,
        labels=tuple(labels),
        train=subset(pictures, kept),
        held_out=subset(pictures, held_out),
        test=None,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        crop=_CROP,
        sha256=digest.hexdigest(),
        skipped=skipped,
    )


def _labels(folder: Path) -> list[str]:
    labels = sorted(path.name for path in _listed(folder) if path.is_dir())
    if len(labels) < 2:
        raise BadData(
            f"'{folder}' has {len(labels)} folders: expected one folder of pictures for each of "
            "two or more classes"
        )
    return labels


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        raise BadData(
            f"'{folder}' cannot be read as a folder of pictures: {error.strerror}"
        ) from error


def _files(folder: Path, labels: list[str]) -> tuple[list[Path], np.ndarray]:
    files: list[Path] = []
    classes: list[int] = []
    for number, label in enumerate(labels):
        found = [f for f in _listed(folder / label) if f.suffix.lower() in SUFFIXES]
        files += found
        classes += [number] * len(found)
    _require_all(folder, labels, np.array(classes))
    return files, np.array(classes, dtype=np.int64)


def _require_all(folder: Path, labels: list[str], classes: np.ndarray) -> None:
    empty = [label for number, label in enumerate(labels) if number not in classes]
    if empty:
        raise BadData(
            f"'{folder}': no readable picture ({', '.join(SUFFIXES)}) in {', '.join(empty)}: add "
            "some, or remove the folder"
        )


def _read_all(files: list[Path]) -> tuple[dict[Path, str], tuple[str, ...]]:
    """The hash of every file that is a picture, in their order, and what was skipped and why."""
    with ThreadPoolExecutor() as pool:
        read = list(zip(files, pool.map(_read_once, files), strict=True))
    skipped = tuple(f"{file}: {why}" for file, (_, why) in read if why)
    for line in skipped:
        log.warning("skipped %s", line)
    return {file: sha256 for file, (sha256, why) in read if not why}, skipped


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


def _open(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image
