"""A phone that another process of this machine let in: what whoever measures on it does."""

from __future__ import annotations

import json
import secrets
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from multiprocessing.context import AuthenticationError
from multiprocessing.managers import BaseManager
from pathlib import Path
from typing import Any, TypeVar

from filelock import FileLock, Timeout

from irrvit.benchmark.errors import BadOptions, DeviceLost, DeviceNotFound
from irrvit.benchmark.remote_browser.sharing import notes

_ANSWER_S = 10.0  # More than what was asked may take: the process in between may be stopped.
_GONE = (OSError, EOFError, AuthenticationError, TimeoutError)
_T = TypeVar("_T")


class _Manager(BaseManager):
    pass


_Manager.register("shared")


class Talk:
    """`Session` and `RemoteServer` of another process, as far as a measurement needs them."""

    def __init__(self, address: str, key: bytes, lock: Path):
        """Raises one of `_GONE` where no process shares a phone any more."""
        self._shared = _within(_ANSWER_S, lambda: _connected(address, key))
        self._asker, self._lock = secrets.token_hex(8), FileLock(lock)

    def take(self) -> None:
        """Keep it for this process, until this talk is over; raises DeviceLost."""
        try:
            self._lock.acquire(blocking=False)
        except Timeout:
            raise DeviceLost(
                "another process measures on this phone: wait until it is done", is_final=True
            ) from None

    @property
    def page(self) -> str:
        return self._said("page")

    def absence(self, page: str | None = None) -> DeviceLost | None:
        return self._said("absence", page)

    def offer(self, name: str, content: bytes) -> None:
        self._said("offer", name, content)

    def ask(self, do: str, *, timeout_s: float, page: str, **arguments: Any) -> dict[str, Any]:
        return self._said("ask", self._asker, do, timeout_s, page, arguments, own_s=timeout_s)

    def _said(self, method: str, *arguments: object, own_s: float = 0) -> Any:
        try:
            return _within(own_s + _ANSWER_S, lambda: getattr(self._shared, method)(*arguments))
        except _GONE as error:
            raise _ended() from error


@dataclass(frozen=True)
class SharedPhone:
    """A phone that another process let in.

    Attributes:
        serial: what it is called on this machine.
        facts: what its page says of it.
        wait_s: how long it is waited for when it goes away.
    """

    serial: str
    facts: Mapping[str, Any]
    wait_s: float
    talk: Talk


def shared_phones() -> Iterator[SharedPhone]:
    """Those that processes of this machine let in, and still share."""
    for note in sorted(notes().glob("*.json")):
        try:
            yield _phone(note)
        except (DeviceLost, DeviceNotFound):
            continue


def shared_phone(serial: str) -> SharedPhone:
    """One of them.

    Raises:
        DeviceNotFound: none was ever called so.
        DeviceLost: the process that let it in has ended.
    """
    try:
        note = notes() / f"{serial}.json"
    except BadOptions as error:
        raise DeviceNotFound(str(error)) from error
    if not serial.isalnum() or not note.is_file():
        raise DeviceNotFound(f"no phone that was let in here is called '{serial}'")
    return _phone(note)


def _phone(note: Path) -> SharedPhone:
    """Raises DeviceNotFound for a note that is none, or of another machine with this folder."""
    try:
        said = json.loads(note.read_text())
        is_here = said["host"] == socket.gethostname()
        address, key = str(said["address"]), bytes.fromhex(said["key"])
        facts, wait_s = dict(said["facts"]), float(said["wait_s"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DeviceNotFound(f"'{note}' is no note of a phone") from error
    if not is_here:
        raise DeviceNotFound(f"'{note}' is of another machine")
    try:
        talk = Talk(address, key, note.with_suffix(".lock"))
    except _GONE as error:
        raise _ended() from error
    return SharedPhone(note.stem, facts, wait_s, talk)


def _ended() -> DeviceLost:
    return DeviceLost(
        "the process that let the phone in does not answer any more: end it, and let the phone in "
        "again",
        is_final=True,
    )


def _connected(address: str, key: bytes) -> Any:
    manager = _Manager(address, authkey=key)
    manager.connect()
    return manager.shared()  # pyright: ignore[reportAttributeAccessIssue]


def _within(seconds: float, act: Callable[[], _T]) -> _T:
    """What an act returns; raises TimeoutError if it takes longer, and leaves it to itself."""
    came: list[_T] = []
    failed: list[BaseException] = []

    def run() -> None:
        try:
            came.append(act())
        except BaseException as error:  # Of whatever kind: it is raised where it is waited for.
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if not came:
        raise TimeoutError(f"no answer within {seconds:g} s")
    return came[0]
