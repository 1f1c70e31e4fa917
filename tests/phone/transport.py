"""The adb transport, the phone's side: packets, and the streams that they carry.

After adb's own protocol.txt: a packet is six little-endian words (command, two arguments, length,
checksum, magic) and its data; each WRTE of a stream waits for its OKAY.
"""

from __future__ import annotations

import queue
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

VERSION, MAX_DATA = 0x01000001, 256 * 1024
CNXN, AUTH, OPEN, OKAY, CLSE, WRTE = b"CNXN", b"AUTH", b"OPEN", b"OKAY", b"CLSE", b"WRTE"
_HEADER = struct.Struct("<6I")
_TOKEN, _SIGNATURE = 1, 2


class Link(Protocol):
    """The cable, and whether the phone trusts who is at its other end."""

    @property
    def banner(self) -> bytes: ...

    def is_authorized(self) -> bool: ...

    def carry(self, size: int) -> bool:
        """Whether that many bytes still get through; may take its time."""
        ...


class Closed(Exception):
    """The other side has closed the stream, or the cable is gone."""


class Stream:
    """What a service reads from and writes to."""

    def __init__(self, transport: Transport, local: int, remote: int):
        self._transport, self.local, self.remote = transport, local, remote
        self._incoming: queue.Queue[bytes] = queue.Queue()
        self._acknowledged = threading.Semaphore(0)
        self._buffer, self._is_open, self.is_accepted = b"", True, False

    def read(self, size: int) -> bytes:
        """Exactly that many bytes."""
        while len(self._buffer) < size:
            self._buffer += self.read_some()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def read_some(self) -> bytes:
        data = self._incoming.get()
        if not data:
            self._incoming.put(b"")
            raise Closed
        return data

    def write(self, data: bytes) -> None:
        for start in range(0, len(data), MAX_DATA):
            self._transport.send(WRTE, self.local, self.remote, data[start : start + MAX_DATA])
            self._acknowledged.acquire()
            if not self._is_open:
                raise Closed

    def accept(self) -> None:
        """Say that the service is there; without this the stream is refused."""
        self.is_accepted = True
        self._transport.send(OKAY, self.local, self.remote)

    def receive(self, data: bytes) -> None:
        self._incoming.put(data)

    def acknowledge(self) -> None:
        self._acknowledged.release()

    def end(self) -> None:
        """Nothing more will come or go."""
        self._is_open = False
        self._incoming.put(b"")
        self._acknowledged.release()


class Transport:
    """One connection of an adb server."""

    def __init__(self, connection: socket.socket, link: Link, serve: Callable[[str, Stream], None]):
        self._connection, self._link, self._serve = connection, link, serve
        self._sending, self._streams, self._last = threading.Lock(), {}, 0

    def run(self) -> None:
        """Answer packets until the connection ends."""
        with suppress(OSError, Closed):
            while True:
                self._answer(*self._receive())
        self.close()

    def close(self) -> None:
        with suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()
        for stream in list(self._streams.values()):
            stream.end()

    def greet(self) -> None:
        if self._link.is_authorized():
            self.send(CNXN, VERSION, MAX_DATA, self._link.banner)
        else:
            self.send(AUTH, _TOKEN, 0, bytes(20))

    def send(self, command: bytes, first: int, second: int, data: bytes = b"") -> None:
        number = int.from_bytes(command, "little")
        header = _HEADER.pack(
            number, first, second, len(data), sum(data) & 0xFFFFFFFF, number ^ 0xFFFFFFFF
        )
        with self._sending:
            self._carry(len(header) + len(data))
            try:
                self._connection.sendall(header + data)
            except OSError as error:
                raise Closed from error

    def _carry(self, size: int) -> None:
        if not self._link.carry(size):
            self.close()
            raise Closed

    def _receive(self) -> tuple[bytes, int, int, bytes]:
        number, first, second, length, _, _ = _HEADER.unpack(self._read(_HEADER.size))
        data = self._read(length)
        self._carry(_HEADER.size + length)
        return number.to_bytes(4, "little"), first, second, data

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            more = self._connection.recv(size - len(data))
            if not more:
                raise Closed
            data += more
        return data

    def _answer(self, command: bytes, first: int, second: int, data: bytes) -> None:
        if command == CNXN or (command == AUTH and first == _SIGNATURE):
            self.greet()  # With a public key, the third kind of AUTH, it waits for its owner.
        elif command == OPEN:
            self._open(first, data.rstrip(b"\0").decode())
        elif stream := self._streams.get(second):
            if command == WRTE:
                stream.receive(data)
                self.send(OKAY, second, first)
            elif command == OKAY:
                stream.acknowledge()
            elif command == CLSE:
                stream.end()

    def _open(self, remote: int, service: str) -> None:
        self._last += 1
        stream = self._streams[self._last] = Stream(self, self._last, remote)
        threading.Thread(target=self._run, args=(service, stream), daemon=True).start()

    def _run(self, service: str, stream: Stream) -> None:
        with suppress(Closed):
            self._serve(service, stream)
        with suppress(Closed):
            # A stream that was never accepted has no number on this side.
            self.send(CLSE, stream.local if stream.is_accepted else 0, stream.remote)
        stream.end()
        self._streams.pop(stream.local, None)
