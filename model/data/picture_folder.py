"""A folder with one folder of pictures for each class: DIR/CLASS/.../PICTURE.

What is read is what torchvision's ImageFolder reads, with these differences: pictures are turned as
the camera was held, broken ones are left out and named, hidden files and folders are not seen, GIF
is read too, and a link that leads back to a folder that it is in is not followed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from PIL import Image

from irrvit.model.data.checked import check
from irrvit.model.data.dataset import Dataset, Pictures, split_by_class, subset
from irrvit.model.data.picture_files import SUFFIXES, class_folders, pictures_below
from irrvit.model.errors import BadData
from irrvit.model.progress import NotifyStage, quiet
from irrvit.model.spec import IMAGENET_MEAN, IMAGENET_STD

_HELD_OUT = 0.1
_CROP = 0.875


def load(folder: Path, notify: NotifyStage = quiet) -> Dataset:
    """Read every picture once, leave the broken ones out, and hold a tenth of each class out.

    Nothing is set apart for testing. Of classes that have few pictures nothing is held out.

    Args:
        notify: called while pictures are read that were not known before.

    Raises:
        BadData: the folder cannot be read, or has no pictures in folders.
    """
    labels = class_folders(folder)
    below = [pictures_below(folder / label) for label in labels]
    files = [file for some in below for file in some]
    numbers = np.repeat(np.arange(len(labels)), [len(some) for some in below])
    digests, skipped = check(folder, files, notify)
    if not digests:
        raise BadData(
            f"'{folder}' has {len(labels)} folders, and in them no readable picture "
            f"({', '.join(SUFFIXES)}): expected one folder of pictures for each class"
        )
    whole = np.array([i for i, file in enumerate(files) if file in digests], dtype=np.int64)
    pictures = Pictures(lambda i: _open(files[whole[i]]), numbers[whole])
    kept, held_out = split_by_class(pictures.classes, _HELD_OUT)
    return Dataset(
        name=folder.name or folder.resolve().name,
        labels=tuple(labels),
        train=subset(pictures, kept),
        held_out=subset(pictures, held_out),
        test=None,
        mean=IMAGENET_MEAN,
        std=IMAGENET_STD,
        crop=_CROP,
        sha256=_hash(folder, digests),
        skipped=skipped,
        labels_are_folders=True,
    )


def _hash(folder: Path, digests: dict[Path, str]) -> str:
    digest = hashlib.sha256()
    for file, sha256 in digests.items():
        digest.update(f"{file.relative_to(folder).as_posix()} {sha256}\n".encode())
    return digest.hexdigest()


def _open(path: Path) -> Image.Image:
    with Image.open(path) as image:
        image.load()
        return image
