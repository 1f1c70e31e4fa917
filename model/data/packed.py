"""Many small pictures of one size, decoded once into a file that is mapped into memory.

A hundred thousand JPEG files take longer to open than a small network to learn from. What was
decoded is kept in the user's cache folder (IRRVIT_DATA_CACHE names another), under a name that
follows from names, sizes and dates of the files: other files are decoded again.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from zipfile import BadZipFile, ZipFile

import numpy as np
from PIL import Image

from irrvit.model.errors import BadData

_BATCH = 1000


@dataclass(frozen=True)
class PackedPictures:
    """Pictures (N, side, side, 3) uint8, mapped from the disk, and the hash of their files."""

    pixels: np.ndarray
    sha256: str


@dataclass(frozen=True)
class Files:
    """Files by their names, in a folder or in a zip.

    Attributes:
        read: name -> content.
        stamps: name -> size and date, which tell whether a file is another one.
    """

    where: Path
    read: Callable[[str], bytes]
    stamps: dict[str, str]


def files_of(where: Path) -> Files:
    """List a folder, or a `.zip`, with all that is below.

    Raises:
        BadData: it cannot be read.
    """
    try:
        return _in_zip(where) if where.is_file() else _in_folder(where)
    except (OSError, BadZipFile) as error:
        raise BadData(f"'{where}' cannot be read as a folder or a zip: {error}") from error


def pack(files: Files, names: Sequence[str], side: int) -> PackedPictures:
    """Decode pictures, or map what was decoded before.

    Args:
        names: of the pictures, in the order that they are to have.
        side: their height and width.

    Raises:
        BadData: one is no picture of this size, or they cannot be kept.
    """
    stamps = "".join(f"{name} {files.stamps[name]}\n" for name in names)
    key = hashlib.sha256(f"{files.where.resolve()}\n{side}\n{stamps}".encode()).hexdigest()
    path = cache_folder() / f"{key}.npy"
    note = path.with_suffix(".json")
    if not (path.exists() and note.exists()):
        _decode_into(path, note, files, names, side)
    return PackedPictures(np.load(path, mmap_mode="r"), json.loads(note.read_text())["sha256"])


def cache_folder() -> Path:
    """Where what was computed of pictures is kept."""
    given = os.environ.get("IRRVIT_DATA_CACHE")
    return Path(given) if given else Path.home() / ".cache" / "irrvit" / "data"


def _decode_into(path: Path, note: Path, files: Files, names: Sequence[str], side: int) -> None:
    digest = hashlib.sha256()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
            kept = Path(part.name)
        try:
            pixels = np.lib.format.open_memmap(
                kept, mode="w+", dtype=np.uint8, shape=(len(names), side, side, 3)
            )
            for index, (picture, sha256) in enumerate(_decoded(files, names, side)):
                pixels[index] = picture
                digest.update(f"{names[index]} {sha256}\n".encode())
            pixels.flush()
            note.write_text(json.dumps({"from": str(files.where), "sha256": digest.hexdigest()}))
            kept.replace(path)
        finally:
            kept.unlink(missing_ok=True)
    except OSError as error:
        raise BadData(
            f"the decoded pictures cannot be kept in '{path.parent}' ({error.strerror}): make room "
            "there, or name another folder with IRRVIT_DATA_CACHE"
        ) from error


def _decoded(files: Files, names: Sequence[str], side: int) -> Iterator[tuple[np.ndarray, str]]:
    """Each picture and the hash of its file, in order."""

    def decode(name: str) -> tuple[np.ndarray, str]:
        content = files.read(name)
        try:
            with Image.open(io.BytesIO(content)) as image:
                pixels = np.asarray(image.convert("RGB"))
        # Pillow's decoders raise almost any built-in exception on damaged files.
        except Exception as error:
            raise BadData(f"'{name}' in '{files.where}' is no picture: {error}") from error
        if pixels.shape != (side, side, 3):
            height, width = pixels.shape[:2]
            raise BadData(
                f"'{name}' in '{files.where}' is {width} x {height}: expected {side} x {side}"
            )
        return pixels, hashlib.sha256(content).hexdigest()

    with ThreadPoolExecutor() as pool:
        for at in range(0, len(names), _BATCH):
            yield from pool.map(decode, names[at : at + _BATCH])


def _in_folder(folder: Path) -> Files:
    stamps = {}
    for top, _, names in os.walk(folder, onerror=_raise):
        below = Path(top).relative_to(folder).as_posix()
        for name in names:
            stat = (Path(top) / name).stat()
            stamps[f"{below}/{name}".removeprefix("./")] = f"{stat.st_size} {stat.st_mtime_ns}"
    return Files(folder, lambda name: (folder / name).read_bytes(), stamps)


def _raise(error: OSError) -> None:
    raise error


def _in_zip(path: Path) -> Files:
    archive = ZipFile(path)
    stamps = {i.filename: f"{i.file_size} {i.CRC}" for i in archive.infolist() if not i.is_dir()}
    return Files(path, archive.read, stamps)
