"""Letting a phone in: what is shown, and the code that a person reads on the phone and types."""

from __future__ import annotations

import queue
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

from irrvit.benchmark.browser.serve_page import qr_code
from irrvit.benchmark.errors import DeviceNotFound
from irrvit.benchmark.remote_browser import words
from irrvit.benchmark.remote_browser.session import Guest, Session

TRIES = 3
_LOOK_S = 0.2


def address_of_page(url: str, token: str) -> str:
    """A fragment is sent to nobody, and gets into no log."""
    return f"{url}?benchmark=remote#{token}"


def invitation(url: str, token: str) -> str:
    """How to open the page."""
    address = address_of_page(url, token)
    return f"""\
Scan this with a phone in this machine's network; it lets in one phone, once:
{qr_code(address)}
  {address}
The certificate was made here, so the phone warns: choose to go on all the same.
"""


class Typed:
    """What the person types, line by line; read in a thread, since it cannot be interrupted."""

    def __init__(self, keyboard: TextIO):
        self._lines: queue.Queue[str] = queue.Queue()
        self._is_over = False
        threading.Thread(target=self._read, args=(keyboard,), daemon=True).start()

    def line(self, timeout_s: float) -> str:
        """The next one; empty if nothing can be typed any more. Raises queue.Empty."""
        return self._lines.get(timeout=timeout_s)

    @property
    def is_over(self) -> bool:
        """Whether there is nothing to type on, and nothing typed that was not read yet."""
        return self._is_over and self._lines.qsize() <= 1

    def _read(self, keyboard: TextIO) -> None:
        for line in keyboard:
            if line.strip():  # An empty one is no code, wrong or right.
                self._lines.put(line)
        self._lines.put("")
        self._is_over = True


class Host:
    """Waits for a phone, and asks the person here whether it is theirs.

    Args:
        typed: what the person types.
        say: what shows the person something.
    """

    def __init__(self, session: Session, url: str, *, typed: Typed, say: Callable[[str], None]):
        self._session, self._url, self._typed, self._say = session, url, typed, say

    def welcome(self, wait_s: float) -> Guest:
        """The phone that was let in.

        Raises:
            DeviceNotFound: none came in time, or its code was not typed.
        """
        end, tries = time.monotonic() + wait_s, TRIES
        while True:
            guest = self._wait_for_guest(end, wait_s)
            self._say(
                f"A phone asks to be measured: {words.text(guest.facts.get('name'))}\n"
                "Type the code that it shows: "
            )
            while (line := self._line(guest, end, wait_s)) is not None:
                if "".join(line.split()) == guest.code:
                    self._session.let_in()
                    self._say("It is let in; keep its page in front.\n")
                    return guest
                tries -= 1
                if not tries:
                    raise DeviceNotFound(
                        f"none of the {TRIES} codes that were typed is that of the phone: run this "
                        "again, and let in only the phone in your hand"
                    )
                self._say(f"That is not what it shows ({tries} left): ")
            self._say("\nIt went away before its code was typed.\n")

    def _wait_for_guest(self, end: float, wait_s: float) -> Guest:
        self._say(invitation(self._url, self._session.invite()))
        while (guest := self._session.guest) is None:
            if time.monotonic() > end:
                raise DeviceNotFound(
                    f"no phone opened the page within {wait_s:g} s: is it in this machine's "
                    "network, and does a firewall let it in? --address names another address of "
                    "this machine, --wait a longer time"
                )
            if self._typed.is_over:
                raise _nothing_to_type_on()
            time.sleep(_LOOK_S)
        return guest

    def _line(self, guest: Guest, end: float, wait_s: float) -> str | None:
        """What was typed; None if the phone went away first."""
        while True:
            try:
                line = self._typed.line(_LOOK_S)
            except queue.Empty:
                if self._session.absence() is not None:
                    return None
                if time.monotonic() > end:
                    raise DeviceNotFound(
                        f"nobody typed the code that the phone shows within {wait_s:g} s: run this "
                        "again"
                    ) from None
                continue
            if not line:
                raise _nothing_to_type_on()
            return line


def _nothing_to_type_on() -> DeviceNotFound:
    return DeviceNotFound(
        "the code that the phone shows has to be typed here, and there is nothing to type on: run "
        "this in a terminal"
    )


def say(text: str) -> None:
    """To the person, beside the result."""
    print(text, end="", file=sys.stderr, flush=True)
