"""A connection to the app: commands and their answers, and the bytes that follow some of them."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from irrvit.benchmark.worker.connection import WorkerConnection


class Link:
    """Ask the app; see `irrvit.benchmark.worker.connection.WorkerConnection`."""

    def __init__(
        self, connection: socket.socket, *, timeout_s: float, explain_end: Callable[[], str]
    ):
        self._socket = connection
        # An app in the background takes nothing any more; reading has a timeout of its own.
        seconds, rest = divmod(timeout_s, 1)
        limit = struct.pack("ll", int(seconds), int(1e6 * rest))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self._worker = WorkerConnection(
            connection.makefile("wb"),
            connection.makefile("rb"),
            timeout_s=timeout_s,
            explain_end=explain_end,
        )

    def ask(self, do: str, *, content: Iterable[bytes] = (), **arguments: Any) -> dict[str, Any]:
        """Have the app do something and return what it answers; raises CommandFailed."""
        return self._worker.ask(do, content=content, **arguments)

    def close(self) -> None:
        with suppress(OSError):  # It is closed already when the iPhone is gone.
            self._socket.shutdown(socket.SHUT_RDWR)
        self._worker.close()
        self._socket.close()
