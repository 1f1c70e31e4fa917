"""A phone that one process of this machine let in, for its other processes: what the one does.

The talk stays in the process that the phone knows. Others have it ask the phone through a socket
that this user alone reaches, by a key in a note that this user alone reads; see `borrowing`.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Any

from irrvit.benchmark.errors import BadOptions, CommandFailed, DeviceLost
from irrvit.benchmark.kept import folder
from irrvit.benchmark.remote_browser.server import RemoteServer
from irrvit.benchmark.remote_browser.session import Session
from irrvit.model.files import write_in_one_piece

_CLOSE_S = 5.0


class Shared:
    """What the process that let a phone in does for the others."""

    def __init__(self, session: Session, server: RemoteServer):
        self._session, self._server = session, server
        self._workers: dict[object, str] = {}

    def page(self) -> str:
        return self._session.page

    def absence(self, page: str | None) -> DeviceLost | None:
        return self._session.absence(page)

    def offer(self, name: str, content: bytes) -> None:
        self._server.offer(name, content)

    def ask(
        self, asker: str, do: str, timeout_s: float, page: str, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """Have the page do something; see `Session.ask`."""
        if do == "prepare":
            self._close_those_of_others(asker, page)
            self._workers[arguments["worker"]] = asker
        elif do == "close":
            self._workers.pop(arguments["worker"], None)
        return self._session.ask(do, timeout_s=timeout_s, page=page, **arguments)

    def _close_those_of_others(self, asker: str, page: str) -> None:
        """Processes that ended without a word left files in the page; one at a time may ask."""
        left = [worker for worker, owner in self._workers.items() if owner != asker]
        for worker in left:
            del self._workers[worker]
            with suppress(CommandFailed):
                self._session.ask("close", timeout_s=_CLOSE_S, page=page, worker=worker)


def notes() -> Path:
    """The folder where it is noted who was let in; raises BadOptions if there can be none."""
    try:
        return folder("phones")
    except OSError as error:
        raise BadOptions(
            f"who was let in cannot be noted in '{error.filename}' ({error.strerror}): make it a "
            "folder that can be written, or name another with IRRVIT_LAB"
        ) from error


@contextmanager
def shared(
    session: Session, server: RemoteServer, facts: Mapping[str, Any], wait_s: float
) -> Iterator[str]:
    """Let this user's other processes ask a phone; yields its serial.

    Args:
        facts: what its page says of it.
        wait_s: how long it is waited for when it goes away.
    """
    serial, key = secrets.token_hex(3), secrets.token_bytes(32)
    own = Shared(session, server)
    manager = type("_Serving", (BaseManager,), {})  # A registry of its own.
    manager.register("shared", callable=lambda: own)
    serving = manager(authkey=key).get_server()
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    said = {
        "host": socket.gethostname(),
        "address": serving.address,
        "key": key.hex(),
        "facts": dict(facts),
        "wait_s": wait_s,
    }
    note = notes() / f"{serial}.json"
    _write(note, json.dumps(said))
    try:
        yield serial
    finally:
        note.unlink(missing_ok=True)
        note.with_suffix(".lock").unlink(missing_ok=True)


def _write(note: Path, text: str) -> None:
    """In one piece, and for this user alone."""

    def fill(part: Path) -> None:
        part.touch(0o600)
        part.write_text(text)

    try:
        write_in_one_piece(note, fill)
    except OSError as error:
        raise BadOptions(
            f"who was let in cannot be noted in '{note.parent}' ({error.strerror}): make room there"
        ) from error
