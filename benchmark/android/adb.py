"""One phone on adb's server: commands, files and sockets, each with a timeout and a clear failure.

The server is shared with whoever else uses phones on this machine. It is started if there is none,
and never stopped or restarted; the `adb` command is not run beside it, for one of another version
would do just that.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from irrvit.benchmark.errors import (
    CommandFailed,
    DeviceLost,
    DeviceNotFound,
    RuntimeUnavailable,
)

if TYPE_CHECKING:
    from adbutils import AdbClient

READY = "device"
_COMMAND_S, _START_S, _PING_S = 30.0, 20.0, 3.0
_ADVICE = {
    "unauthorized": "it does not trust this computer yet: unlock it and accept the question on "
    "its screen; if there is none, revoke USB debugging authorizations in its developer options "
    "and plug it in again",
    "authorizing": "it is still asking its owner whether to trust this computer: answer on its "
    "screen",
    "offline": "it is attached and does not answer (offline): pull its cable and plug it in again, "
    "or switch USB debugging off and on",
    "no permissions": "this user may not open its USB port: install the udev rules for Android "
    "(package android-sdk-platform-tools-common on Debian) and plug it in again",
}


@dataclass(frozen=True)
class Attached:
    """A phone that adb's server knows; `state` is `device` when it can be used."""

    serial: str
    state: str


@dataclass(frozen=True)
class Said:
    """What a command said."""

    out: str
    errors: str
    code: int


def attached() -> list[Attached]:
    """All phones, also those that cannot be used.

    Raises:
        DeviceNotFound: there is no adb to ask.
    """
    client = _client(_PING_S)
    from adbutils import AdbError

    try:
        with client.make_connection() as server:
            server.send_command("host:devices")
            server.check_okay()
            lines = server.read_string_block().splitlines()
    except (AdbError, OSError) as error:
        raise DeviceNotFound(f"adb's server does not answer: {error}") from error
    rows = [line.split("\t", 1) for line in lines if "\t" in line]
    return [Attached(serial, state) for serial, state in rows]


def why_unusable(phone: Attached) -> str:
    """What to do about a phone that is not ready, in a sentence."""
    known = next((text for state, text in _ADVICE.items() if phone.state.startswith(state)), None)
    return f"phone {phone.serial}: {known or f'adb calls its state {phone.state!r}: restart it'}"


class Phone:
    """One phone, by its serial. What it cannot do raises CommandFailed; gone, DeviceLost.

    Attributes:
        whole: files that are known to be there, and to be what was sent.
    """

    def __init__(self, serial: str):
        self.serial = serial
        self.whole: set[str] = set()

    def state(self) -> str:
        """`device`, another state of adb's, or `absent`."""
        found = {phone.serial: phone.state for phone in attached()}
        return found.get(self.serial, "absent")

    def run(self, *words: str, timeout_s: float = _COMMAND_S) -> Said:
        """Run a command; every word arrives as it is, whatever is in it."""
        with self._watched(f"'{words[0]}'", timeout_s):
            said = self._device(timeout_s).shell2(list(words), timeout=timeout_s, v2=True)
        return Said(said.stdout, said.stderr, said.returncode)

    def shell(self, *words: str, timeout_s: float = _COMMAND_S) -> str:
        """What a command prints; one that fails raises."""
        said = self.run(*words, timeout_s=timeout_s)
        if said.code:
            words_said = (said.errors or said.out).strip().splitlines()
            raise CommandFailed(
                f"on the phone {' '.join(words)} failed with exit code {said.code}"
                + (f": {words_said[-1]}" if words_said else "")
            )
        return said.out

    @contextmanager
    def stream(self, service: str, timeout_s: float) -> Iterator[Any]:
        """A raw stream to one of adb's services, such as `sync:`."""
        with self._watched(service, timeout_s):
            connection = self._open(service, timeout_s)
            try:
                yield connection
            finally:
                connection.close()

    def connect(self, name: str) -> socket.socket:
        """A socket to an app that listens on an abstract name."""
        with self._watched(f"the socket {name}", _COMMAND_S):
            connection = self._open(f"localabstract:{name}", _COMMAND_S).conn
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
                    f"phone {self.serial} did not come back within {timeout_s:.0f} s: plug it in "
                    "and run this again",
                    is_final=True,
                )
            time.sleep(0.5)

    def obituary(self) -> str | None:
        """Why nothing comes from the phone any more, None if it is not the phone's own fault."""
        end = time.monotonic() + 2
        while time.monotonic() < end:  # adb may notice later than we do.
            state = self.state()
            if state != READY:
                return f"phone {self.serial} is gone ({state}): is its cable loose?"
            time.sleep(0.2)
        return None

    def _device(self, timeout_s: float) -> Any:
        return _client(timeout_s).device(self.serial)

    def _open(self, service: str, timeout_s: float) -> Any:
        connection = self._device(timeout_s).open_transport(timeout=timeout_s)
        try:
            connection.send_command(service)
            connection.check_okay()
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _watched(self, doing: str, timeout_s: float) -> Iterator[None]:
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
                    f"phone {self.serial} did not answer within {timeout_s:g} s ({doing})"
                ) from error
            raise CommandFailed(f"phone {self.serial}, {doing}: {error}") from error


def _gone(serial: str, state: str) -> str:
    if state == "absent":
        return f"phone {serial} is gone: is its cable loose?"
    return why_unusable(Attached(serial, state))


def _client(timeout_s: float) -> AdbClient:
    try:
        from adbutils import AdbClient
    except ModuleNotFoundError as error:
        raise RuntimeUnavailable(
            "the package adbutils is not installed, and phones need it: "
            'pip install "irrvit-mobile[android]"'
        ) from error
    client = AdbClient(socket_timeout=timeout_s)
    if not _answers(client.host, client.port):
        _start(client.host, client.port)
    return client


def _answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), _PING_S).close()
    except OSError:
        return False
    return True


def _start(host: str, port: int) -> None:
    """Start a server where there is none, silently: stdout is for results."""
    from adbutils import AdbError, adb_path

    if host not in ("127.0.0.1", "localhost"):
        raise DeviceNotFound(f"no adb server answers at {host}:{port} (ANDROID_ADB_SERVER_HOST)")
    try:
        subprocess.run(
            [adb_path(), "start-server"],
            check=True,
            capture_output=True,
            timeout=_START_S,
            env=os.environ | {"ANDROID_ADB_SERVER_PORT": str(port)},
        )
    except (AdbError, OSError) as error:
        raise DeviceNotFound(
            "adb is not installed, and phones are reached by it: install Google's platform-tools, "
            "or 'apt-get install adb' on Debian, 'brew install android-platform-tools' on macOS"
        ) from error
    except subprocess.SubprocessError as error:
        said = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        raise DeviceNotFound(f"adb's server does not start: {said or error}") from error
