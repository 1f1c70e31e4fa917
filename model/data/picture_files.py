"""The picture files of DIR/CLASS/..., in the order in which torchvision's ImageFolder has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from irrvit.model.errors import BadData

SUFFIXES = (".bmp", ".gif", ".jpeg", ".jpg", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp")
"""Those of torchvision's ImageFolder and GIF, in small letters."""


def class_folders(folder: Path) -> list[str]:
    """Name the folders in a folder, sorted; hidden ones are what a system left there.

    Raises:
        BadData: it cannot be read.
    """
    return sorted(path.name for path in _listed(folder) if path.is_dir())


def pictures_below(folder: Path) -> list[Path]:
    """All pictures in a folder and in those in it, however deep; links are followed.

    Raises:
        BadData: a folder cannot be read.
    """
    found = [path for path in _files(folder, ()) if path.suffix.lower() in SUFFIXES]
    return sorted(found, key=lambda path: (str(path.parent), path.name))


def _files(folder: Path, above: tuple[Path, ...]) -> Iterator[Path]:
    here = folder.resolve()
    if here in above:  # A link to a folder that it is in would never end.
        return
    for path in _listed(folder):
        if path.is_dir():
            yield from _files(path, (*above, here))
        else:
            yield path


def _listed(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if not path.name.startswith(".")]
    except OSError as error:
        raise BadData(
            f"'{folder}' cannot be read as a folder of pictures: {error.strerror}"
        ) from error
