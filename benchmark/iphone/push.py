"""Packages on an iPhone: each under its sha256, so that nothing is sent twice or mixed up.

A file that a pulled cable cut short goes on where it stopped; the phone compares its sha256 before
it gets its name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from irrvit.benchmark.errors import CommandFailed, one_line
from irrvit.benchmark.iphone.link import Link
from irrvit.benchmark.worker import answers
from irrvit.benchmark.worker.answers import Answer, Stored
from irrvit.export.content import content_hash
from irrvit.model.progress import Notify

PIECE_BYTES = 4 << 20


def push(link: Link, package: Path, notify: Notify) -> str:
    """Have a package on the iPhone and return its path there.

    Raises:
        CommandFailed: it cannot be read, there is no room, or something else arrived.
        DeviceLost: the iPhone went; what it has got stays there.
    """
    try:
        package.stat()  # Of a folder that is not there the hash is that of nothing.
        digest = content_hash(package)
        files = sorted(path for path in package.rglob("*") if path.is_file())
    except OSError as error:
        raise CommandFailed(f"cannot read {package}: {error.strerror or error}") from error
    name = f"{digest}{package.suffix}"
    if _stored(link.ask("have", path=name)).sha256 == digest:
        return name
    for file in files:
        _put(link, file, f"{name}/{file.relative_to(package).as_posix()}", notify)
    arrived = _stored(link.ask("have", path=name)).sha256
    if arrived != digest:
        raise CommandFailed(
            f"what arrived on the iPhone is not what was sent (sha256 "
            f"{one_line(str(arrived))[:12]}, expected {digest[:12]}): run this again with --clean"
        )
    return name


def _stored(answer: Answer) -> Stored:
    return answers.read(Stored, answer, "have")


def _put(link: Link, file: Path, path: str, notify: Notify) -> None:
    content = file.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    there = _stored(link.ask("have", path=path, sha256=digest))
    if there.sha256 == digest:
        return
    offset = min(there.bytes, len(content))
    link.ask(
        "put",
        path=path,
        sha256=digest,
        bytes=len(content),
        offset=offset,
        content=_pieces(content, offset, file.name, notify),
    )


def _pieces(content: bytes, offset: int, name: str, notify: Notify) -> Iterator[bytes]:
    for at in range(offset, len(content), PIECE_BYTES):
        if len(content) > PIECE_BYTES:  # What takes long enough to be told.
            notify(name, f"sent {at / 1e6:.0f} of {len(content) / 1e6:.0f} MB")
        yield content[at : at + PIECE_BYTES]
