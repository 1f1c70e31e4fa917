"""A folder on its way between machines: its files in one piece, each with its hash."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from irrvit.export.errors import BadArtifact


@dataclass(frozen=True)
class Parcel:
    """Files below a folder.

    Attributes:
        hashes: SHA-256 by path, with forward slashes.
        content: a zip of them, not compressed: weights hardly can be.
    """

    hashes: dict[str, str]
    content: bytes

    @property
    def sha256(self) -> str:
        """Of all that is in it, whatever order it was put in."""
        lines = "".join(f"{name} {sha256}\n" for name, sha256 in sorted(self.hashes.items()))
        return hashlib.sha256(lines.encode()).hexdigest()


def pack(files: dict[str, bytes]) -> Parcel:
    """Put files into a parcel, by their paths below a folder."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return Parcel(hashes, kept.getvalue())


def pack_folder(folder: Path) -> Parcel:
    """Put all files below a folder into a parcel; empty folders are left out."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return pack({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


def unpack(parcel: Parcel, folder: Path) -> None:
    """Write the files of a parcel below a folder; what comes from elsewhere is not trusted.

    Raises:
        BadArtifact: it is damaged, or has paths that lead out of the folder.
    """
    files = _checked(parcel)
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _checked(parcel: Parcel) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(parcel.content)) as archive:
            sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
            if sum(sizes.values()) > len(parcel.content):  # Nothing in it is compressed.
                raise BadArtifact("a parcel says that it holds more than was sent: it is not taken")
            files = {name: archive.read(name) for name in sizes}
    except BadArtifact:
        raise
    except Exception as error:  # Whatever zipfile makes of damage: it raises many kinds of errors.
        raise BadArtifact(f"a parcel arrived damaged ({error}): export again") from error
    for name in files:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or ":" in name:
            raise BadArtifact(f"a parcel has the path '{name}', which leads out of its folder")
    arrived = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    if arrived != parcel.hashes:
        wrong = sorted(n for n in {*arrived, *parcel.hashes}
                       if arrived.get(n) != parcel.hashes.get(n))  # fmt: skip
        raise BadArtifact(f"'{wrong[0]}' arrived other than it was sent: export again")
    return files
