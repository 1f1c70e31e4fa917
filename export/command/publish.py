"""Putting a finished folder in place, so that whoever looks sees the old one or the new one whole.

Work happens in `.partial-*` folders beside the final ones; what a killed process leaves there is
removed by the next, under the lock. Nothing is ever overwritten in place: LiteRT maps its files
into memory, and a mapped file that changes crashes the process that reads it.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

_PARTIAL = ".partial-"
_PREVIOUS = ".previous-"
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux and RENAME_SWAP of macOS alike
_AT_FDCWD = -100
_NO_EXCHANGE = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)


@contextmanager
def workspace(out: Path, *, on_wait: Callable[[], None]) -> Iterator[Path]:
    """Hold the folder's lock and yield an empty folder beside the final ones, removed at the end.

    A second export into the same folder waits here, after calling `on_wait`.
    """
    out.mkdir(parents=True, exist_ok=True)
    lock = FileLock(out / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        on_wait()
        lock.acquire()
    try:
        _tidy(out)
        with tempfile.TemporaryDirectory(dir=out, prefix=_PARTIAL) as folder:
            yield Path(folder)
    finally:
        lock.release()


def publish(finished: Path, place: Path) -> None:
    """Move a finished folder to its place; one that is there already disappears at that moment."""
    if not place.exists():
        finished.rename(place)
    elif not _exchange(finished, place):
        # A file system that cannot exchange folders; `_tidy` mends a kill between the two lines.
        previous = place.with_name(_PREVIOUS + place.name)
        place.rename(previous)
        finished.rename(place)
        shutil.rmtree(previous)
    else:
        shutil.rmtree(finished)


def _tidy(out: Path) -> None:
    for left_over in out.glob(f"{_PARTIAL}*"):
        shutil.rmtree(left_over, ignore_errors=True)
    for previous in out.glob(f"{_PREVIOUS}*"):
        place = out / previous.name.removeprefix(_PREVIOUS)
        if place.exists():
            shutil.rmtree(previous)
        else:
            previous.rename(place)


def _exchange(a: Path, b: Path) -> bool:
    """Exchange two folders in one step; False where the system or its file system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    left, right = os.fsencode(a), os.fsencode(b)
    if sys.platform.startswith("linux") and hasattr(libc, "renameat2"):
        failed = libc.renameat2(_AT_FDCWD, left, _AT_FDCWD, right, _EXCHANGE)
    elif sys.platform == "darwin":
        failed = libc.renamex_np(left, right, _EXCHANGE)
    else:
        return False
    if failed and ctypes.get_errno() not in _NO_EXCHANGE:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(b))
    return not failed
