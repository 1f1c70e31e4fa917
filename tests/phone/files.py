"""The sync service: what `adb push`, `pull` and `ls` speak, versions 1 and 2."""

from __future__ import annotations

import errno
import os
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from transport import Stream

_CHUNK = 64 * 1024
_STAT_2 = struct.Struct("<4sIQQIIIIQqqq")


class Storage(Protocol):
    """Where files lie, and how much there may be of them."""

    def path(self, name: str) -> Path: ...

    def free_bytes(self) -> int: ...

    def arrive(self, data: bytes) -> bytes: ...


def serve(stream: Stream, storage: Storage) -> None:
    """Answer requests until QUIT."""
    stream.accept()
    while True:
        kind, length = struct.unpack("<4sI", stream.read(8))
        if kind == b"QUIT":
            return
        _REQUESTS[kind](stream, storage, stream.read(length).decode())


def _status(path: Path) -> tuple[int, os.stat_result | None]:
    try:
        return 0, path.lstat()
    except OSError as error:
        return error.errno or errno.EIO, None


def _stat(stream: Stream, storage: Storage, name: str) -> None:
    _, found = _status(storage.path(name))
    values = (found.st_mode, found.st_size, int(found.st_mtime)) if found else (0, 0, 0)
    stream.write(struct.pack("<4sIII", b"STAT", *values))


def _stat_2(kind: bytes) -> Callable[[Stream, Storage, str], None]:
    def answer(stream: Stream, storage: Storage, name: str) -> None:
        error, found = _status(storage.path(name))
        values = (0,) * 10
        if found:
            times = (int(found.st_atime), int(found.st_mtime), int(found.st_ctime))
            owner = (found.st_mode, found.st_nlink, 2000, 2000, found.st_size)
            values = (found.st_dev, found.st_ino, *owner, *times)
        stream.write(_STAT_2.pack(kind, error, *values))

    return answer


def _list(stream: Stream, storage: Storage, name: str) -> None:
    folder = storage.path(name)
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        found, entry = path.lstat(), path.name.encode()
        values = (found.st_mode, found.st_size, int(found.st_mtime), len(entry))
        stream.write(struct.pack("<4sIIII", b"DENT", *values) + entry)
    stream.write(struct.pack("<4sIIII", b"DONE", 0, 0, 0, 0))


def _send(stream: Stream, storage: Storage, request: str) -> None:
    """A file that cannot be written is read to its end all the same, as a phone does."""
    name, _, mode = request.rpartition(",")
    path, failure = storage.path(name), ""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        while True:
            kind, length = struct.unpack("<4sI", stream.read(8))
            if kind == b"DONE":
                break
            data = stream.read(length)
            if len(data) > storage.free_bytes():
                failure = "write failed: No space left on device"
            if not failure:
                file.write(storage.arrive(data))
                file.flush()
    if failure:
        path.unlink()
        stream.write(struct.pack("<4sI", b"FAIL", len(failure)) + failure.encode())
        return
    path.chmod(int(mode) & 0o777)
    stream.write(struct.pack("<4sI", b"OKAY", 0))


def _receive(stream: Stream, storage: Storage, name: str) -> None:
    path = storage.path(name)
    if not path.is_file():
        message = b"open failed: No such file or directory"
        stream.write(struct.pack("<4sI", b"FAIL", len(message)) + message)
        return
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            stream.write(struct.pack("<4sI", b"DATA", len(data)) + data)
    stream.write(struct.pack("<4sI", b"DONE", 0))


_REQUESTS: dict[bytes, Callable[[Stream, Storage, str], None]] = {
    b"STAT": _stat,
    b"STA2": _stat_2(b"STA2"),
    b"LST2": _stat_2(b"LST2"),
    b"LIST": _list,
    b"SEND": _send,
    b"RECV": _receive,
}
