"""A phone that one process of this machine let in, for its other processes.

The talk stays in the process that the phone knows. Others have it ask the phone through a socket
that this user alone reaches, by a key that lies in a file that this user alone reads.
"""

from __future__ import annotations

import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.context import AuthenticationError
from multiprocessing.managers import BaseManager
from typing import Any

from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.kept import folder
from irrvit.benchmark.remote_browser.server import RemoteServer
from irrvit.benchmark.remote_browser.session import Session

_FOLDER = "phones"
_CLOSE_S = 5.0
_GONE = (OSError, EOFError, AuthenticationError)


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


class _Manager(BaseManager):
    pass


_Manager.register("shared")


class Talk:
    """`Session` and `RemoteServer` of another process, as far as a measurement needs them."""

    def __init__(self, address: str, key: bytes):
        """Raises one of `_GONE` where no process shares a phone any more."""
        manager = _Manager(address, authkey=key)
        manager.connect()
        self._shared: Any = manager.shared()  # pyright: ignore[reportAttributeAccessIssue]
        self._asker = secrets.token_hex(8)

    @property
    def page(self) -> str:
        return self._said("page")

    def absence(self, page: str | None = None) -> DeviceLost | None:
        return self._said("absence", page)

    def offer(self, name: str, content: bytes) -> None:
        self._said("offer", name, content)

    def ask(self, do: str, *, timeout_s: float, page: str, **arguments: Any) -> dict[str, Any]:
        return self._said("ask", self._asker, do, timeout_s, page, arguments)

    def _said(self, method: str, *arguments: object) -> Any:
        try:
            return getattr(self._shared, method)(*arguments)
        except _GONE as error:
            raise DeviceLost(
                "the process that let the phone in has ended: let it in again", is_final=True
            ) from error


@dataclass(frozen=True)
class SharedPhone:
    """A phone that another process let in.

    Attributes:
        serial: what it is called on this machine.
        facts: what its page says of it.
    """

    serial: str
    facts: Mapping[str, Any]
    talk: Talk


@contextmanager
def shared(session: Session, server: RemoteServer, facts: Mapping[str, Any]) -> Iterator[str]:
    """Let this user's other processes ask a phone; yields its serial."""
    serial, key = secrets.token_hex(3), secrets.token_bytes(32)
    own = Shared(session, server)
    manager = type("_Serving", (BaseManager,), {})  # A registry of its own.
    manager.register("shared", callable=lambda: own)
    serving = manager(authkey=key).get_server()
    threading.Thread(target=serving.serve_forever, daemon=True).start()
    note = folder(_FOLDER) / f"{serial}.json"
    said = {"address": serving.address, "key": key.hex(), "facts": dict(facts)}
    with open(os.open(note, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(said, file)
    try:
        yield serial
    finally:
        note.unlink(missing_ok=True)


def shared_phones() -> list[SharedPhone]:
    """Those that processes of this machine let in, and still share."""
    found = []
    for note in sorted(folder(_FOLDER).glob("*.json")):
        try:
            said = json.loads(note.read_text())
            talk = Talk(said["address"], bytes.fromhex(said["key"]))
            found.append(SharedPhone(note.stem, said["facts"], talk))
        except (*_GONE, ValueError, KeyError, TypeError):
            note.unlink(missing_ok=True)  # Of a process that was killed.
    return found
