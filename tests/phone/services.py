"""What a stream can be opened to: a shell, files, an app's socket."""

from __future__ import annotations

import os
import shlex
import signal
import socket
import struct
import subprocess
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

import files
from phone import Phone
from transport import Closed, Stream

_STDOUT, _STDERR, _EXIT = 1, 2, 3
_AARCH64 = 183


def serve(phone: Phone, service: str, stream: Stream) -> None:
    """Run one service to its end; an unknown one is refused by returning at once."""
    name, _, rest = service.partition(":")
    if service == "sync:":
        files.serve(stream, phone)
    elif name.split(",")[0] == "shell" and "v2" in name.split(","):
        _shell(phone, rest, stream)
    elif name == "shell":
        _bare_shell(_start(phone, rest, subprocess.STDOUT), phone, stream)
    elif name == "exec":
        process = _start(phone, rest, subprocess.STDOUT, stdin=subprocess.PIPE)
        threading.Thread(target=_feed, args=(process, stream), daemon=True).start()
        _bare_shell(process, phone, stream)
    elif name == "localabstract":
        _local_socket(phone, rest, stream)


def _start(
    phone: Phone, command: str, errors: int, *, stdin: int = subprocess.DEVNULL
) -> subprocess.Popen[bytes]:
    phone.refresh()
    line = phone.inside(command)
    if _is_foreign(line):
        line = f"qemu-aarch64-static {line}"
    return subprocess.Popen(
        ["/bin/sh", "-c", line],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=errors,
        cwd=phone.root,
        env=phone.environment(),
        start_new_session=True,
    )


def _is_foreign(command: str) -> bool:
    """Whether it is a program for the phone's processor and this machine has another."""
    try:
        program = Path(shlex.split(command)[0])
    except (ValueError, IndexError):
        return False
    if not program.is_absolute() or not program.is_file() or os.uname().machine == "aarch64":
        return False
    head = program.read_bytes()[:20]
    return head[:4] == b"\x7fELF" and int.from_bytes(head[18:20], "little") == _AARCH64


def _shell(phone: Phone, command: str, stream: Stream) -> None:
    """Both outputs and the exit code, in packets."""
    stream.accept()
    process, lock = _start(phone, command, subprocess.PIPE), threading.Lock()

    def say(kind: int, data: bytes) -> None:
        with lock:
            stream.write(struct.pack("<BI", kind, len(data)) + data)

    def pump(kind: int, output: IO[bytes]) -> None:
        try:
            while data := os.read(output.fileno(), 32 * 1024):
                say(kind, phone.outside(data))
        except Closed:
            _hang_up(process)

    assert process.stdout is not None
    assert process.stderr is not None
    sources = ((_STDOUT, process.stdout), (_STDERR, process.stderr))
    pumps = [threading.Thread(target=pump, args=source) for source in sources]
    for thread in pumps:
        thread.start()
    for thread in pumps:
        thread.join()
    code = process.wait()
    say(_EXIT, bytes([code if code >= 0 else 128 - code]))


def _feed(process: subprocess.Popen[bytes], stream: Stream) -> None:
    assert process.stdin is not None
    with suppress(Closed, OSError), process.stdin:
        while True:
            process.stdin.write(stream.read_some())
            process.stdin.flush()


def _bare_shell(process: subprocess.Popen[bytes], phone: Phone, stream: Stream) -> None:
    stream.accept()
    assert process.stdout is not None
    try:
        while data := os.read(process.stdout.fileno(), 32 * 1024):
            stream.write(phone.outside(data))
    except Closed:
        _hang_up(process)
    process.wait()


def _hang_up(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGHUP)


def _local_socket(phone: Phone, name: str, stream: Stream) -> None:
    """Carry lines to an app and back; what it hears of the phone's files lies in our folder."""
    with socket.socket(socket.AF_UNIX) as app:
        try:
            app.connect(str(phone.socket_path(name)))
        except OSError:
            return
        stream.accept()
        answers = threading.Thread(target=_answers, args=(phone, app, stream), daemon=True)
        answers.start()
        with suppress(Closed, OSError):
            rest = b""
            while True:
                *lines, rest = (rest + stream.read_some()).split(b"\n")
                for line in lines:
                    app.sendall(phone.inside(line.decode()).encode() + b"\n")
        with suppress(OSError):
            app.shutdown(socket.SHUT_RDWR)
        answers.join()


def _answers(phone: Phone, app: socket.socket, stream: Stream) -> None:
    with suppress(Closed, OSError):
        while data := app.recv(64 * 1024):
            stream.write(phone.outside(data))
    stream.end()
