"""Files: hashing what a user names, writing so that there is never half a file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from irrvit.model.errors import ModelError


def sha256(path: Path, error: type[ModelError]) -> str:
    """Hash a file, or raise `error` saying why it cannot be read."""
    if not path.is_file():
        found = "is a folder" if path.is_dir() else "does not exist"
        raise error(f"'{path}' {found}: expected a file")
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as cause:
        raise error(f"'{path}' cannot be read: {cause.strerror}") from cause


def write_in_one_piece(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then rename it into place."""
    part = path.with_name(path.name + ".part")
    write(part)
    os.replace(part, path)
