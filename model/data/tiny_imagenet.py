"""Tiny ImageNet: 110,000 photographs of 200 classes of ImageNet, 64 x 64.

From Stanford's course CS231n (tiny-imagenet-200.zip). The pictures are ImageNet's, for research
and education only (image-net.org/download); they are no part of this project.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from irrvit.model.data.dataset import Dataset, Pictures, split_by_class, subset
from irrvit.model.data.packed import Files, PackedPictures, files_of, pack
from irrvit.model.errors import BadData

SIDE = 64
_NAME = "tiny-imagenet-200"
_TABLE = [
    line.split(" ", 1)
    for line in Path(__file__).with_suffix(".txt").read_text(encoding="utf-8").splitlines()
]
WNIDS = tuple(wnid for wnid, _ in _TABLE)
"""WordNet's number of each class, as ImageNet has them."""
LABELS = tuple(label for _, label in _TABLE)
"""The first word for each in the data set's own words.txt."""

_ANNOTATIONS = "val/val_annotations.txt"
_HELD_OUT = 0.05  # 5,000 of the 100,000.
_MEAN, _STD = (0.480, 0.448, 0.397), (0.277, 0.269, 0.282)  # Of the 100,000.


def missing(root: Path | None = None) -> str | None:
    """Say what to name when the files are not there: there is no place where they usually are."""
    if root is not None and _found(root) is not None:
        return None
    place = "" if root is None else f" in '{root}'"
    return (
        f"Tiny ImageNet is not{place}: name with --data-root the folder {_NAME}, {_NAME}.zip, or "
        "the folder where either is"
    )


def download(root: Path) -> None:
    """Nobody but the user may agree to ImageNet's terms.

    Raises:
        BadData: always.
    """
    raise BadData(
        f"Tiny ImageNet is not fetched, for its terms are to be agreed to: get {_NAME}.zip from "
        f"Stanford's course CS231n and put it into '{root}'"
    )


def load(root: Path | None = None) -> Dataset:
    """Read the files, from the folder or from the zip; the 10,000 of `val` are the test part.

    The pictures of `test` have no labels, and are not used.

    Raises:
        BadData: the files are absent or damaged.
    """
    where = None if root is None else _found(root)
    if where is None:
        raise BadData(missing(root))
    files = files_of(where)
    top = f"{_NAME}/" if where.is_file() else ""
    learnt = _part(files, _train_names(files, top))
    test = _part(files, _test_names(files, top))
    train, held_out = split_by_class(learnt[0].classes, _HELD_OUT)
    return Dataset(
        name="tiny-imagenet",
        labels=LABELS,
        train=subset(learnt[0], train),
        held_out=subset(learnt[0], held_out),
        test=test[0],
        mean=_MEAN,
        std=_STD,
        crop=1.0,
        sha256=hashlib.sha256(f"{learnt[1].sha256} {test[1].sha256}".encode()).hexdigest(),
        wnids=WNIDS,
    )


def _found(root: Path) -> Path | None:
    """The folder or the zip that a path stands for."""
    places = (root / _NAME, root, root.with_suffix(".zip"), root / f"{_NAME}.zip")
    for place in places:
        if (place / _ANNOTATIONS).is_file() or (place.suffix == ".zip" and place.is_file()):
            return place
    return None


def _train_names(files: Files, top: str) -> list[tuple[str, int]]:
    """Each picture with its class, classes in order."""
    classes = {wnid: number for number, wnid in enumerate(WNIDS)}
    names = []
    for name in sorted(files.stamps):
        parts = name.removeprefix(top).split("/")
        if parts[0] == "train" and len(parts) == 4 and parts[3].endswith(".JPEG"):
            if parts[1] not in classes:
                raise BadData(f"'{files.where}': '{parts[1]}' is none of the 200 classes")
            names.append((name, classes[parts[1]]))
    return names


def _test_names(files: Files, top: str) -> list[tuple[str, int]]:
    if f"{top}{_ANNOTATIONS}" not in files.stamps:
        raise BadData(f"'{files.where}' has no {_ANNOTATIONS}: expected the files of {_NAME}.zip")
    lines = files.read(f"{top}{_ANNOTATIONS}").decode().splitlines()
    rows = [line.split("\t") for line in lines if line]
    classes = {wnid: number for number, wnid in enumerate(WNIDS)}
    names = []
    for row in rows:
        name = f"{top}val/images/{row[0]}"
        if len(row) < 2 or row[1] not in classes or name not in files.stamps:
            raise BadData(f"'{files.where}': {_ANNOTATIONS} names what is not there: {row[:2]}")
        names.append((name, classes[row[1]]))
    return names


def _part(files: Files, names: list[tuple[str, int]]) -> tuple[Pictures, PackedPictures]:
    classes = np.array([number for _, number in names], np.int64)
    lacking = sorted(set(range(len(LABELS))) - set(classes.tolist()))
    if lacking:
        raise BadData(
            f"'{files.where}' has no pictures of {len(lacking)} of the 200 classes, such as "
            f"{WNIDS[lacking[0]]}: unpack {_NAME}.zip again"
        )
    packed = pack(files, [name for name, _ in names], SIDE)
    return Pictures(lambda i: Image.fromarray(packed.pixels[i]), classes), packed
