"""usbmuxd, who has the cable: which iPhones there are, and a stream to a port of one.

A packet is four little-endian words (its length, version 1, kind 8, a tag) and a property list.
macOS brings the daemon, Debian's package is called usbmuxd; both listen at /var/run/usbmuxd.
"""

from __future__ import annotations

import os
import plistlib
import socket
import struct
import time
from dataclasses import dataclass
from typing import Any

VARIABLE = "USBMUXD_SOCKET_ADDRESS"
_DEFAULT = "/var/run/usbmuxd"
_HEADER = struct.Struct("<4I")
_VERSION, _PLIST, _TAG = 1, 8, 1
_LONGEST = 16 << 20
_OK, _NO_DEVICE, _REFUSED = 0, 2, 3
_ANSWER_S = 5.0


class MuxError(Exception):
    """The daemon says no, or nothing that can be understood."""


class NoMux(MuxError):
    """There is no daemon to ask."""


class Gone(MuxError):
    """The iPhone is not there any more."""


class Refused(MuxError):
    """Nobody listens on this port of the iPhone."""


@dataclass(frozen=True)
class Attached:
    """An iPhone at a cable; its number is another each time that it is plugged in."""

    number: int
    serial: str

    def is_called(self, serial: str) -> bool:
        """Serials are written with and without their hyphen."""
        return _plain(self.serial) == _plain(serial)


def _plain(serial: str) -> str:
    return serial.replace("-", "").lower()


def address() -> str | tuple[str, int]:
    """A path, or a host and a port: what the variable says as libusbmuxd reads it."""
    named = os.environ.get(VARIABLE, "").removeprefix("UNIX:")
    host, _, port = named.rpartition(":")
    if host and port.isdigit():
        return host.strip("[]"), int(port)
    return named or _DEFAULT


def attached() -> list[Attached]:
    """The iPhones at a cable; those that are only near, by Wi-Fi, are left out.

    Raises:
        MuxError: the daemon is not there, or does not answer.
    """
    with _open(_ANSWER_S) as connection:
        listed = _ask(connection, "ListDevices").get("DeviceList")
    rows = listed if isinstance(listed, list) else []
    return [found for found in map(_to_attached, rows) if found is not None]


def wait_for(serial: str, end: float) -> Attached | None:
    """Listen until an iPhone is plugged in, or time.monotonic() is `end`; None if it is not."""
    while (left := end - time.monotonic()) > 0:
        try:
            with _open(left) as connection:
                _require_ok(_ask(connection, "Listen"))
                while (left := end - time.monotonic()) > 0:
                    connection.settimeout(left)
                    found = _to_attached(_receive(connection))
                    if found is not None and found.is_called(serial):
                        return found
        except TimeoutError:
            return None
        except (MuxError, OSError):
            time.sleep(min(0.5, max(0.0, end - time.monotonic())))  # It may be starting.
    return None


def connect(phone: Attached, port: int) -> socket.socket:
    """A stream to whoever listens on a port of the iPhone's own loopback.

    Raises:
        Refused: nobody does.
        Gone: the iPhone is not there any more.
        MuxError: the daemon is not there, or does not answer.
    """
    connection = _open(_ANSWER_S)
    try:
        # The port's two bytes are in the order of the network.
        number = socket.htons(port)
        answer = _ask(connection, "Connect", DeviceID=phone.number, PortNumber=number)
        _require_ok(answer)
    except BaseException:
        connection.close()
        raise
    connection.settimeout(None)
    return connection


def is_trusting(phone: Attached) -> bool:
    """Whether this computer has a record of having been trusted by the iPhone."""
    with _open(_ANSWER_S) as connection:
        answer = _ask(connection, "ReadPairRecord", PairRecordID=phone.serial)
    return bool(answer.get("PairRecordData"))


def _to_attached(event: Any) -> Attached | None:
    """None for what is no iPhone at a cable."""
    match event:
        case {
            "MessageType": "Attached",
            "Properties": {"DeviceID": int(number), "SerialNumber": str(serial), **more},
        }:
            by_cable = more.get("ConnectionType", "USB") == "USB"
            return Attached(number, serial) if by_cable else None
    return None


def _require_ok(answer: dict[str, Any]) -> None:
    number = answer.get("Number")
    if number == _REFUSED:
        raise Refused("nobody listens there")
    if number == _NO_DEVICE:
        raise Gone("it is not there any more")
    if number != _OK:
        raise MuxError(f"usbmuxd answers with {number!r}: expected 0")


def _open(timeout_s: float) -> socket.socket:
    where = address()
    try:
        if isinstance(where, tuple):
            return socket.create_connection(where, timeout_s)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(timeout_s)
            connection.connect(where)
        except BaseException:
            connection.close()
            raise
    except OSError as error:
        name = where if isinstance(where, str) else f"{where[0]}:{where[1]}"
        raise NoMux(f"nobody answers at {name} ({error.strerror or error})") from error
    return connection


def _ask(connection: socket.socket, kind: str, **fields: Any) -> dict[str, Any]:
    question = {
        "MessageType": kind,
        "ClientVersionString": "irrvit-bench",
        "ProgName": "irrvit-bench",
        "kLibUSBMuxVersion": 3,
    }
    body = plistlib.dumps(question | fields)
    try:
        connection.sendall(_HEADER.pack(_HEADER.size + len(body), _VERSION, _PLIST, _TAG) + body)
        return _receive(connection)
    except OSError as error:
        raise MuxError(f"usbmuxd does not answer: {error.strerror or error}") from error


def _receive(connection: socket.socket) -> dict[str, Any]:
    length, _, kind, _ = _HEADER.unpack(_read(connection, _HEADER.size))
    if kind != _PLIST or not _HEADER.size <= length <= _LONGEST:
        raise MuxError("usbmuxd answers with what is no property list")
    body = _read(connection, length - _HEADER.size)
    try:
        answer = plistlib.loads(body)
    except Exception as error:  # Of any kind, as whatever it is that was sent.
        raise MuxError("usbmuxd answers with what is no property list") from error
    if not isinstance(answer, dict):
        raise MuxError("usbmuxd answers with what is no property list")
    return answer


def _read(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        more = connection.recv(size - len(content))
        if not more:
            raise ConnectionError("it closed the connection")
        content += more
    return content
