"""One phone on adb's server: commands, files, sockets; each has a timeout and a clear failure."""

from __future__ import annotations

import shlex
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from irrvit.benchmark.android import attachment, server
from irrvit.benchmark.android.server import READY, Attached, why_unusable
from irrvit.benchmark.errors import CommandFailed, DeviceLost, one_line

if TYPE_CHECKING:
    from adbutils import AdbConnection

# The kinds of packets of a shell.
_OUT, _ERRORS, _EXIT = 1, 2, 3
_COMMAND_S = 30.0


@dataclass(frozen=True)
class CommandResult:
    """What a command printed, and how it ended."""

    stdout: str
    stderr: str
    exit_code: int


class Phone:
    """One phone, by its serial. What it cannot do raises CommandFailed; gone, DeviceLost.

    Attributes:
        verified: files that are known to be there, and to be what was sent.
    """

    def __init__(self, serial: str):
        self.serial = serial
        self.verified: set[str] = set()

    def state(self) -> str:
        """`device`, another state of adb's, or `absent`."""
        states = {phone.serial: phone.state for phone in server.attached()}
        return states.get(self.serial, "absent")

    def run(self, *words: str, timeout_s: float = _COMMAND_S) -> CommandResult:
        """Run a command; every word arrives as it is, whatever is in it."""
        with self.stream(f"shell,v2:{shlex.join(words)}", timeout_s) as connection:
            printed = {_OUT: b"", _ERRORS: b""}
            while True:
                kind, length = struct.unpack("<BI", connection.read_exact(5))
                data = connection.read_exact(length)
                if kind == _EXIT:
                    break
                if kind in printed:
                    printed[kind] += data
        stdout, stderr = (printed[kind].decode(errors="replace") for kind in (_OUT, _ERRORS))
        return CommandResult(stdout, stderr, data[0] if data else 1)

    def shell(self, *words: str, timeout_s: float = _COMMAND_S) -> str:
        """What a command prints; one that fails raises."""
        result = self.run(*words, timeout_s=timeout_s)
        if result.exit_code:
            lines = (result.stderr.strip() or result.stdout.strip()).splitlines()
            raise CommandFailed(
                f"on the phone {' '.join(words)} failed with exit code {result.exit_code}"
                + (f": {one_line(lines[-1])}" if lines else "")
            )
        return result.stdout

    @contextmanager
    def stream(self, service: str, timeout_s: float) -> Iterator[AdbConnection]:
        """A raw stream to one of adb's services, such as `sync:`."""
        with self._watched(service, timeout_s):
            connection = self._open(service, timeout_s)
            try:
                yield connection
            finally:
                connection.close()

    def connect(self, name: str) -> socket.socket:
        """A socket to an app that listens on an abstract name."""
        service = f"localabstract:{name}"
        with self._watched(service, _COMMAND_S):
            connection = self._open(service, _COMMAND_S).conn
        connection.settimeout(None)  # Whoever reads from it has a timeout of its own.
        return connection

    def wait_until_back(self, timeout_s: float) -> None:
        """Wait for a phone that was pulled off.

        Raises:
            DeviceLost: it did not come back in time.
        """
        end = time.monotonic() + timeout_s
        while self.state() != READY:
            if time.monotonic() >= end:
                raise DeviceLost(
                    f"phone {self.serial} did not come back within {timeout_s:.0f} s: "
                    f"{attachment.of(self.serial).gone} Once it is there, run this again",
                    is_final=True,
                )
            time.sleep(0.5)

    def why_lost(self) -> str | None:
        """Why nothing comes from the phone any more, None if it is not the phone's own fault."""
        end = time.monotonic() + 2
        while time.monotonic() < end:  # adb may notice later than we do.
            state = self.state()
            if state != READY:
                return f"phone {self.serial} is gone ({state}): {attachment.of(self.serial).gone}"
            time.sleep(0.2)
        return None

    def _open(self, service: str, timeout_s: float) -> AdbConnection:
        connection = server.client(timeout_s).make_connection()
        try:
            for request in (f"host:transport:{self.serial}", service):
                connection.send_command(request)
                connection.check_okay()
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _watched(self, service: str, timeout_s: float) -> Iterator[None]:
        """Say what went wrong: first whether the phone is still there."""
        from adbutils import AdbError
        from adbutils.errors import AdbTimeout

        try:
            yield
        except (AdbError, EOFError, OSError) as error:
            state = self.state()
            if state != READY:
                raise DeviceLost(_gone(self.serial, state)) from error
            if isinstance(error, AdbTimeout | TimeoutError):
                raise CommandFailed(
                    f"phone {self.serial} did not answer within {timeout_s:g} s ({service})"
                ) from error
            if isinstance(error, ConnectionError | EOFError):  # adb's server was ended, and began.
                raise DeviceLost(f"the connection to phone {self.serial} broke") from error
            raise CommandFailed(
                f"phone {self.serial}, {service}: {one_line(str(error))}"
            ) from error


def _gone(serial: str, state: str) -> str:
    if state == "absent":
        return f"phone {serial} is gone: {attachment.of(serial).gone}"
    return why_unusable(Attached(serial, state))
