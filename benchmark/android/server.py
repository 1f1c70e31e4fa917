"""adb's server, which is shared with whoever else uses phones on this machine.

It is started if there is none, and never stopped or restarted; the `adb` command is not run beside
it, for one of another version would do just that.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING

from irrvit.benchmark.android import attachment
from irrvit.benchmark.errors import DeviceNotFound, RuntimeUnavailable, one_line

if TYPE_CHECKING:
    from adbutils import AdbClient

READY = "device"
_START_S, _PING_S = 20.0, 3.0
_ENDING_S = 5.0
_UNTRUSTED = (
    "it does not trust this computer yet: unlock it and accept the question on its screen; if "
    "there is none, revoke debugging authorizations in its developer options and then "
)
_SILENT = "it is attached and does not answer (offline): "
_UNNAMEABLE = "unnameable"
_ADVICE = {
    _UNNAMEABLE: "its serial has characters that nobody can show or type: reach it by Wi-Fi (adb "
    "connect ADDRESS)",
    "authorizing": "it is still asking its owner whether to trust this computer: answer on its "
    "screen",
    "no permissions": "this user may not open its USB port: install the udev rules for Android "
    "(package android-sdk-platform-tools-common on Debian) and plug it in again",
}


@dataclass(frozen=True)
class Attached:
    """A phone that adb's server knows; `state` is `device` when it can be used."""

    serial: str
    state: str


def attached() -> list[Attached]:
    """All phones, also those that cannot be used.

    Raises:
        DeviceNotFound: there is no adb to ask.
        RuntimeUnavailable: the library to talk to it is not installed.
    """
    adbutils = _library()
    end = time.monotonic() + _ENDING_S
    while True:
        try:
            lines = _ask(client(_PING_S), "host:devices")
            break
        except (adbutils.AdbError, EOFError, OSError) as error:
            # One that somebody else is ending takes a connection and answers no more.
            if time.monotonic() >= end:
                raise DeviceNotFound(
                    f"adb's server does not answer: {one_line(str(error))}"
                ) from error
            time.sleep(0.2)
    return [to_attached(line) for line in lines if "\t" in line]


def to_attached(line: str) -> Attached:
    """A line of `adb devices`; a serial is the phone's word, or of anybody in the network."""
    serial, _, state = line.partition("\t")
    if not serial.isprintable():
        return Attached(one_line(serial) or "?", _UNNAMEABLE)
    return Attached(serial, state)


def _ask(server: AdbClient, request: str) -> list[str]:
    with server.make_connection() as connection:
        connection.send_command(request)
        connection.check_okay()
        return connection.read_string_block().splitlines()


def why_unusable(phone: Attached) -> str:
    """What to do about a phone that is not ready, in a sentence."""
    again = attachment.of(phone.serial).again
    known = {"unauthorized": _UNTRUSTED + again, "offline": _SILENT + again, **_ADVICE}
    what = next((text for state, text in known.items() if phone.state.startswith(state)), None)
    return f"phone {phone.serial}: {what or f'adb calls its state {phone.state!r}: restart it'}"


def client(timeout_s: float) -> AdbClient:
    """The server, started if need be.

    Raises:
        DeviceNotFound: there is no adb to start.
        AdbError: it does not start, which may pass: one that is ending is in the way for a moment.
        RuntimeUnavailable: the library to talk to it is not installed.
    """
    client = _library().AdbClient(socket_timeout=timeout_s)
    if not _answers(client.host, client.port):
        _start(client.host, client.port)
    return client


def _library() -> ModuleType:
    try:
        import adbutils
    except ModuleNotFoundError as error:
        raise RuntimeUnavailable(
            "the package adbutils is not installed, and phones need it: "
            'pip install "irrvit-mobile[android]"'
        ) from error
    return adbutils


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
    except (AdbError, OSError) as error:  # AdbError: the library finds none.
        raise DeviceNotFound(
            "adb is not installed, and phones are reached by it: install Google's platform-tools, "
            "or 'apt-get install adb' on Debian, 'brew install android-platform-tools' on macOS"
        ) from error
    except subprocess.SubprocessError as error:
        printed = (getattr(error, "stderr", None) or b"").decode(errors="replace").strip()
        raise AdbError(f"it does not start: {one_line(printed) or error}") from error
