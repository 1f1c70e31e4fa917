"""Artifacts on their way to a host: by what is in them, once, and opened as anybody's."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.kept import folder
from irrvit.export.errors import BadArtifact
from irrvit.export.sweep.parcel import Parcel, pack_folder, unpack

Sent = Mapping[str, Any]
"""What Ray holds of each parcel, by the SHA-256 of what is in it."""


def send(folders: list[Path], put: Callable[[Parcel], Any]) -> Sent:
    """Give each folder to Ray, which brings it to a host that asks for it, once."""
    parcels = {parcel.sha256: parcel for parcel in map(pack_folder, folders)}
    return {sha256: put(parcel) for sha256, parcel in parcels.items()}


def received(sent: Sent, get: Callable[[Any], Parcel]) -> list[Path]:
    """The folders on this host; what is there already is not asked for.

    Raises:
        CommandFailed: a parcel arrived damaged, or the disk of this host is full.
    """
    try:
        return [_received(sha256, held, get) for sha256, held in sent.items()]
    except BadArtifact as error:
        raise CommandFailed(str(error)) from error
    except OSError as error:
        raise CommandFailed(
            f"this host cannot keep the files: {error.strerror or error}; make room on its disk"
        ) from error


def _received(sha256: str, held: Any, get: Callable[[Any], Parcel]) -> Path:
    place = folder("files") / sha256
    if place.is_dir() and pack_folder(place).sha256 == sha256:
        return place
    new = Path(tempfile.mkdtemp(dir=place.parent))
    try:
        parcel = get(held)
        unpack(parcel, new)
        if parcel.sha256 != sha256:
            raise BadArtifact("a parcel arrived that was not asked for: send it again")
        shutil.rmtree(place, ignore_errors=True)
        new.rename(place)
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return place
