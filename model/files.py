"""Files: hashing what a user names and our own code, writing so that there is never half a file."""

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


def code_hash(*parts: str, root: Path = Path(__file__).parent) -> str:
    """Hash some of the code below `root`, names and contents; caches are left out.

    Args:
        parts: files, or folders with all that is in them, however deep.

    Raises:
        FileNotFoundError: a part is not there; leaving it out would hide every later change of it.
    """
    digest = hashlib.sha256()
    for part in parts:
        top = root / part
        files = [top] if not top.is_dir() else sorted(p for p in top.rglob("*") if p.is_file())
        for file in (f for f in files if "__pycache__" not in f.parts):
            digest.update(f"{file.relative_to(root).as_posix()}\0".encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def write_in_one_piece(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a file beside `path`, then rename it into place."""
    part = path.with_name(path.name + ".part")
    write(part)
    os.replace(part, path)
