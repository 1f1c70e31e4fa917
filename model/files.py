"""What is asked of every file that a user names."""

from __future__ import annotations

import hashlib
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
