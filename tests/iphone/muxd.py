"""usbmuxd, the computer's side of the cable, with played iPhones behind it.

A packet is four little-endian words (length, version, kind, tag) and a property list. Once Connect
is answered with 0, the connection is the stream to the iPhone's port.
"""

from __future__ import annotations

import plistlib
import socket
import struct
import threading
from contextlib import suppress
from typing import Any

from phone import IPhone

_HEADER = struct.Struct("<4I")
_OK, _BAD_COMMAND, _BAD_DEVICE, _REFUSED = 0, 1, 2, 3


class Muxd:
    """Answers as usbmuxd does, on a listening socket."""

    def __init__(self, listener: socket.socket, phones: list[IPhone]):
        self._listener, self._phones = listener, phones
        self._watchers: list[tuple[socket.socket, int]] = []

    def run(self) -> None:
        """Serve; never returns."""
        while True:
            connection, _ = self._listener.accept()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def tell(self, phone: IPhone) -> None:
        """Somebody plugged it in or pulled it: whoever listens is told."""
        if phone.condition.plugged:
            phone.number += 1
            event = self._attached(phone)
        else:
            phone.cut()
            event = {"MessageType": "Detached", "DeviceID": phone.number}
        for watcher, tag in list(self._watchers):
            with suppress(OSError):
                _send(watcher, tag, event)

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while True:
                length, _, _, tag = _HEADER.unpack(_read(connection, _HEADER.size))
                question = plistlib.loads(_read(connection, length - _HEADER.size))
                nonsense = next(
                    (p.condition.speaks for p in self._phones if p.condition.speaks), ""
                )
                if nonsense:
                    connection.sendall(nonsense.encode("latin-1"))
                    return
                if question["MessageType"] != "Connect":
                    self._answer(connection, tag, question)
                elif self._connect(connection, tag, question):
                    return

    def _answer(self, connection: socket.socket, tag: int, question: dict[str, Any]) -> None:
        there = [phone for phone in self._phones if phone.condition.plugged]
        match question:
            case {"MessageType": "ListDevices"}:
                _send(connection, tag, {"DeviceList": [self._attached(phone) for phone in there]})
            case {"MessageType": "Listen"}:
                _result(connection, tag, _OK)
                self._watchers.append((connection, tag))
                for phone in there:
                    _send(connection, 0, self._attached(phone))
            case {"MessageType": "ReadBUID"}:
                _send(connection, tag, {"BUID": "6F1B2C3D-0000-4000-8000-123456789ABC"})
            case {"MessageType": "ReadPairRecord", "PairRecordID": serial}:
                if any(p.serial == serial and p.condition.trusted for p in self._phones):
                    record = plistlib.dumps({"HostID": "6F1B2C3D", "SystemBUID": "6F1B2C3D"})
                    _send(connection, tag, {"PairRecordData": record})
                else:
                    _result(connection, tag, _BAD_DEVICE)
            case _:
                _result(connection, tag, _BAD_COMMAND)

    def _connect(self, connection: socket.socket, tag: int, question: dict[str, Any]) -> bool:
        number = question["DeviceID"]
        phone = next((p for p in self._phones if p.number == number and p.condition.plugged), None)
        if phone is None:
            _result(connection, tag, _BAD_DEVICE)
            return False
        if phone.condition.refuses is not None:
            _result(connection, tag, phone.condition.refuses)
            return False
        there = phone.listener(socket.ntohs(question["PortNumber"]))
        if there is None:
            _result(connection, tag, _REFUSED)
            return False
        _result(connection, tag, _OK)
        phone.streams.append(connection)
        self._pipe(phone, connection, there)
        return True

    def _pipe(self, phone: IPhone, ours: socket.socket, theirs: socket.socket) -> None:
        def one_way(source: socket.socket, sink: socket.socket) -> None:
            with suppress(OSError):
                while data := source.recv(1 << 16):
                    while phone.condition.asleep:
                        threading.Event().wait(0.05)
                    if not phone.carry(len(data)):
                        self.tell(phone)
                        break
                    sink.sendall(data)
            for end in (source, sink):
                with suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)

        with theirs:
            back = threading.Thread(target=one_way, args=(theirs, ours), daemon=True)
            back.start()
            one_way(ours, theirs)
            back.join()

    def _attached(self, phone: IPhone) -> dict[str, Any]:
        return {
            "MessageType": "Attached",
            "DeviceID": phone.number,
            "Properties": {
                "ConnectionType": "Network" if phone.condition.by_wifi else "USB",
                "DeviceID": phone.number,
                "LocationID": 0,
                "ProductID": 0x12A8,
                "SerialNumber": phone.serial,
            },
        }


def _result(connection: socket.socket, tag: int, number: int) -> None:
    _send(connection, tag, {"MessageType": "Result", "Number": number})


def _send(connection: socket.socket, tag: int, answer: dict[str, Any]) -> None:
    body = plistlib.dumps(answer)
    connection.sendall(_HEADER.pack(_HEADER.size + len(body), 1, 8, tag) + body)


def _read(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        more = connection.recv(size - len(data))
        if not more:
            raise ConnectionError
        data += more
    return data
