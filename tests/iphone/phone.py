"""The iPhone behind the cable: what a test does to it, and where its app listens."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from dataclasses import dataclass, field

APP_PORT = 7071


@dataclass
class Condition:
    """What a test does to the iPhone, by name.

    Attributes:
        trusted: this computer has a record of having been trusted.
        app_port: where the app's worker listens on this machine; None: the app is not open.
        asleep: the app is in the background: connections are taken, and nothing is answered.
        unplug_after: bytes that still pass the cable, both ways, before it is pulled.
        bytes_per_s: speed of the cable.
        by_wifi: it is listed as being near, not at the cable.
        refuses: a number that the daemon answers every Connect with.
        speaks: what the daemon answers everything with, instead of property lists.
    """

    plugged: bool = True
    trusted: bool = True
    app_port: int | None = None
    asleep: bool = False
    unplug_after: int | None = None
    bytes_per_s: float | None = None
    by_wifi: bool = False
    refuses: int | None = None
    speaks: str | None = None


@dataclass
class IPhone:
    """One iPhone; its number is another each time that it is plugged in."""

    serial: str
    number: int
    condition: Condition = field(default_factory=Condition)
    streams: list[socket.socket] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def carry(self, size: int) -> bool:
        """Whether so many bytes still pass the cable."""
        condition = self.condition
        if condition.bytes_per_s is not None:
            threading.Event().wait(size / condition.bytes_per_s)
        with self.lock:
            if condition.unplug_after is not None:
                condition.unplug_after -= size
                if condition.unplug_after < 0:
                    condition.plugged, condition.unplug_after = False, None
        return condition.plugged

    def listener(self, port: int) -> socket.socket | None:
        """A connection to what listens on a port of it, None if nothing does."""
        if port != APP_PORT or self.condition.app_port is None:
            return None
        with suppress(OSError):
            there = socket.create_connection(("127.0.0.1", self.condition.app_port), 2)
            there.settimeout(None)
            return there
        return None

    def cut(self) -> None:
        """End every stream, as a pulled cable does."""
        for stream in self.streams:
            with suppress(OSError):
                stream.shutdown(socket.SHUT_RDWR)
        self.streams.clear()
