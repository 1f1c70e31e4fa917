"""Folders that are large and made by a program: whole or not there, made once whoever asks."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock


def build_once(
    folder: Path, build: Callable[[Path], None], *, is_current: Callable[[Path], bool]
) -> None:
    """Make a folder unless it is current; a second one who asks meanwhile waits for the first.

    It is built under another name and then renamed, so that one which was interrupted is never
    taken for whole.

    Args:
        build: fills a new folder; what makes it current is written last.
    """
    if is_current(folder):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(folder.with_name(folder.name + ".lock")):
        if is_current(folder):
            return
        unfinished = folder.with_name(folder.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        build(unfinished)
        if folder.exists():
            shutil.rmtree(folder)
        unfinished.rename(folder)
