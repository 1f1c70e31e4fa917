"""Files on a phone: each under its sha256, so that nothing is sent twice and nothing mixed up.

A file is sent in parts. A part that arrived stays when the cable is pulled, and the next attempt
sends the rest; the whole is compared by sha256 before it gets its name.
"""

from __future__ import annotations

import hashlib
import struct

from irrvit.benchmark.android import attachment, parse
from irrvit.benchmark.android.adb import Phone
from irrvit.benchmark.errors import CommandFailed, one_line
from irrvit.model.progress import Notify

# What adb may write, an app may read, and a restart of the phone keeps.
FOLDER = "/data/local/tmp/irrvit-bench"
PART_BYTES = 4 << 20
_SEND_S = 60.0
_SPARE_BYTES = 64 << 20
_CHUNK = 64 << 10


def push(
    phone: Phone,
    content: bytes,
    suffix: str,
    *,
    mode: int = 0o644,
    notify: Notify = lambda name, stage: None,
) -> str:
    """Have a file on the phone and return its path there.

    Raises:
        CommandFailed: there is no room, or what arrived is not what was sent.
        DeviceLost: the phone went; what it has got stays there.
    """
    digest = hashlib.sha256(content).hexdigest()
    path = f"{FOLDER}/{digest}{suffix}"
    if path in phone.verified or _sha256(phone, path) == digest:
        phone.verified.add(path)
        return path
    phone.shell("mkdir", "-p", "-m", "755", FOLDER)
    parts = [content[at : at + PART_BYTES] for at in range(0, len(content), PART_BYTES)]
    there = _sizes(phone, f"{digest}.part")
    missing = [i for i, part in enumerate(parts) if there.get(i) != len(part)]
    _require_room(phone, sum(len(parts[i]) for i in missing) + len(content), suffix)
    for i in missing:
        if len(parts) > 1:  # What takes long enough to be told.
            notify(f"{suffix.lstrip('.')} file", f"sending part {i + 1} of {len(parts)}")
        _send(phone, parts[i], f"{FOLDER}/{digest}.part{i}", mode)
    names = [f"{FOLDER}/{digest}.part{i}" for i in range(len(parts))]
    _join(phone, names, path, mode)
    if (arrived := _sha256(phone, path)) != digest:
        phone.shell("rm", "-f", path)
        raise CommandFailed(
            f"what arrived on phone {phone.serial} is not what was sent (sha256 "
            f"{one_line(arrived[:12])}, expected {digest[:12]}): run this again, with "
            f"{attachment.of(phone.serial).other} if it happens again"
        )
    phone.verified.add(path)
    return path


def pull(phone: Phone, path: str) -> bytes:
    """What is in a file there: the RECV request of adb's sync service."""
    content = b""
    with phone.stream("sync:", _SEND_S) as connection:
        name = path.encode()
        connection.conn.sendall(b"RECV" + struct.pack("<I", len(name)) + name)
        while True:
            kind, length = struct.unpack("<4sI", connection.read_exact(8))
            if kind == b"DONE":
                return content
            data = connection.read_exact(length)
            if kind != b"DATA":
                raise CommandFailed(
                    f"phone {phone.serial}: {path}: {one_line(data.decode(errors='replace'))}"
                )
            content += data


def remove(phone: Phone, path: str) -> None:
    phone.shell("rm", "-f", path)
    phone.verified.discard(path)


def clean(phone: Phone) -> None:
    """Remove everything that was ever pushed."""
    phone.shell("rm", "-rf", FOLDER)
    phone.verified.clear()


def _sha256(phone: Phone, path: str) -> str:
    result = phone.run("sha256sum", path)
    return parse.sha256(result.stdout) if result.exit_code == 0 else ""


def _sizes(phone: Phone, prefix: str) -> dict[int, int]:
    """How long the parts are that an interrupted push left."""
    return parse.part_sizes(phone.run("ls", "-l", FOLDER).stdout, prefix)


def _require_room(phone: Phone, size: int, suffix: str) -> None:
    free = parse.free_bytes(phone.run("df", "-k", "/data/local/tmp").stdout)
    if free is not None and free < size + _SPARE_BYTES:
        raise CommandFailed(
            f"phone {phone.serial} is full: {free >> 20} MB are free and "
            f"{(size + _SPARE_BYTES) >> 20} MB are needed for {suffix.lstrip('.')}; make room on "
            "it, or remove what earlier runs left with --clean"
        )


def _join(phone: Phone, names: list[str], path: str, mode: int) -> None:
    """One part is renamed; several are appended to the first, which the others outlive."""
    first, *others = names
    for i, name in enumerate(others):
        # The offset makes a repeated append write the same bytes to the same place.
        offset = f"seek={(i + 1) * (PART_BYTES >> 12)}"
        phone.shell("dd", f"if={name}", f"of={first}", "bs=4096", offset, "conv=notrunc")
    phone.shell("chmod", f"{mode:o}", first)
    phone.shell("mv", first, path)
    if others:
        phone.shell("rm", "-f", *others)


def _send(phone: Phone, content: bytes, path: str, mode: int) -> None:
    """The SEND request of adb's sync service."""
    with phone.stream("sync:", _SEND_S) as connection:
        target = f"{path},{0o100000 | mode}".encode()
        connection.conn.sendall(b"SEND" + struct.pack("<I", len(target)) + target)
        for at in range(0, len(content), _CHUNK):
            chunk = content[at : at + _CHUNK]
            connection.conn.sendall(b"DATA" + struct.pack("<I", len(chunk)) + chunk)
        connection.conn.sendall(b"DONE" + struct.pack("<I", 0))
        kind, length = struct.unpack("<4sI", connection.read_exact(8))
        reason = connection.read_exact(length).decode(errors="replace") if length else ""
    if kind != b"OKAY":
        full = "No space left" in reason
        raise CommandFailed(
            f"phone {phone.serial} does not take the file: {one_line(reason) or kind}"
            + ("; make room on it, or remove what earlier runs left with --clean" if full else "")
        )
