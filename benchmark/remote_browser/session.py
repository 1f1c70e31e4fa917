"""The talk with one phone: let in once, asked one thing at a time, and known to be there or not.

The page asks for what it is to do and says what came of it, in requests of its own. A request that
a network swallows is made again, so every question has a number and is done once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from irrvit.benchmark.errors import CommandFailed, DeviceLost, NoAnswer
from irrvit.benchmark.remote_browser import pairing, words

# The page asks again at once, so what is not heard of for longer is not there.
POLL_S, LOST_S = 5.0, 15.0
_LOOK_S = 0.25


class Refused(Exception):
    """What a stranger is told: a status of HTTP and a sentence."""

    def __init__(self, status: int, sentence: str):
        super().__init__(sentence)
        self.status = status


class PageEnded(DeviceLost):
    """The phone is there, and its page ended without a word: nobody closed it."""


@dataclass(frozen=True)
class Guest:
    """A phone that proved that it was shown the QR code.

    Attributes:
        key: what each of its requests has to have.
        code: what it shows.
        facts: what its page says of it.
    """

    key: str
    code: str
    facts: Mapping[str, Any]


class Session:
    """One phone, through all pages that it opens with its key; safe in threads."""

    def __init__(self) -> None:
        self._asking = threading.Lock()  # One at a time: there is one question, and one answer.
        self._changed = threading.Condition()
        self._token: str | None = None
        self.guest: Guest | None = None
        self._is_let_in = self._is_over = False
        self._page, self._former, self._closed = "", set[str](), set[str]()
        self._is_hidden = False
        self._heard, self._disturbed = 0.0, 0
        self._number, self._question, self._answer = 0, None, None

    # What the person at this machine decides.

    def invite(self) -> str:
        """A new token for the next phone; whoever had another one is out."""
        with self._changed:
            self._token, self.guest, self._is_let_in = pairing.new_secret(), None, False
            self._changed.notify_all()
            return self._token

    def let_in(self) -> None:
        """The code was typed: this phone is the one that is meant."""
        with self._changed:
            self._is_let_in = True
            self._changed.notify_all()

    def end(self, patience_s: float = 1.0) -> None:
        """Tell the page, if it listens, that nothing comes any more."""
        with self._changed:
            self._is_over, self._token = True, None
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.guest is None, patience_s)

    # What the page asks.

    def pair(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Let a phone prove itself, once; what it gets back proves who we are."""
        nonce = said.get("nonce")
        if not pairing.is_secret(nonce):
            raise Refused(400, "the page said no nonce: load it again")
        with self._changed:
            if self._is_over:
                raise Refused(410, "the run on the computer has ended: start it again")
            if self._token is None:
                raise Refused(409, "another phone has used this QR code: each lets in one phone")
            if not pairing.is_same(said.get("proof"), pairing.proof(self._token, f"page {nonce}")):
                raise Refused(403, "this is not the QR code that the computer shows now: scan it")
            token, self._token = self._token, None
            facts = said.get("device")
            key = pairing.proof(token, f"key {nonce} {pairing.new_secret()}")
            self.guest = Guest(key, pairing.new_code(), facts if isinstance(facts, dict) else {})
            self._is_hidden = False
            self._hear()
            mine = pairing.proof(token, f"computer {nonce}")
            return {"proof": mine, "key": key, "code": self.guest.code}

    def require(self, key: object) -> None:
        """Raises Refused unless this is the key of the phone that was let in last."""
        if self.guest is None or not pairing.is_same(key, self.guest.key):
            raise Refused(401, "the computer does not know this page: scan its QR code again")

    def next(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """What the page is to do now; nothing, if nothing comes for a while."""
        with self._changed:
            self._turn_to(words.text(said.get("page")))
            self._note(said)
            got, end = said.get("got"), time.monotonic() + POLL_S
            while (left := end - time.monotonic()) > 0:
                if self._is_over:
                    self.guest = None
                    self._changed.notify_all()
                    return {"do": "end"}
                if self._question is not None and self._question["id"] != got:
                    self._hear()
                    return self._question
                self._changed.wait(min(left, _LOOK_S))
            self._hear()
            return {"do": "wait", "is_let_in": self._is_let_in}

    def hear(self, said: Mapping[str, Any]) -> None:
        """An answer, or what happened to the page."""
        with self._changed:
            page = words.text(said.get("page"))
            if said.get("closed") is True:
                self._closed.add(page)
            if page != self._page:
                return  # The last words of a page that another one has replaced.
            self._hear()
            self._note(said)
            if self._question is not None and said.get("id") == self._question["id"]:
                self._answer = dict(said)
            self._changed.notify_all()

    def _turn_to(self, page: str) -> None:
        if page in self._former:
            raise Refused(409, "this page was opened again elsewhere: go on there")
        if page != self._page:
            self._former.add(self._page)
            self._page, self._question = page, None  # Which was for the one before.
        self._closed.discard(page)  # Browsers bring pages back.
        self._hear()
        self._changed.notify_all()

    def _note(self, said: Mapping[str, Any]) -> None:
        hidden = said.get("hidden") is True
        self._disturbed += hidden != self._is_hidden or said.get("was_hidden") is True
        self._is_hidden = hidden

    def _hear(self) -> None:
        self._heard = time.monotonic()

    # What a run asks.

    @property
    def page(self) -> str:
        """Which page it is: another one has none of the files that this one loaded."""
        return self._page

    def absence(self, page: str | None = None) -> DeviceLost | None:
        """What keeps the phone, or one page of it, from answering now."""
        if self._page in self._closed:
            return DeviceLost("the page on the phone was closed: open it again from its history")
        if page is not None and page != self._page:
            if page in self._closed:
                return DeviceLost("the page on the phone was closed and opened again")
            return PageEnded("the page on the phone ended by itself and was loaded anew")
        if self._is_hidden:
            return DeviceLost(
                "the phone is locked, or its page is in the background: unlock it and bring the "
                "page to the front"
            )
        if time.monotonic() > self._heard + LOST_S:
            return DeviceLost(
                f"nothing was heard of the phone for {LOST_S:.0f} s: is it locked, or out of the "
                "network?"
            )
        return None

    def ask(self, do: str, *, timeout_s: float, page: str, **arguments: Any) -> dict[str, Any]:
        """Have the page do something and return what it answers.

        Raises:
            DeviceLost: it went away, or was not in front, before it answered.
            NoAnswer: it is there, and hung.
            CommandFailed: it says that it cannot.
        """
        with self._asking, self._changed:
            self._number += 1
            self._question = {"id": self._number, "do": do, **arguments}
            self._answer, disturbed = None, self._disturbed
            self._changed.notify_all()
            try:
                answer = self._wait_for_answer(time.monotonic() + timeout_s, page)
            except TimeoutError:
                raise NoAnswer(
                    f"the page on the phone did not answer within {timeout_s:g} s"
                ) from None
            finally:
                self._question = None
            if disturbed != self._disturbed:
                raise DeviceLost("the page on the phone was not in front all the time")
        if "error" in answer:
            raise CommandFailed(f"its runtime says: {words.sentence(answer['error'])}")
        return answer

    def _wait_for_answer(self, end: float, page: str) -> dict[str, Any]:
        while self._answer is None:
            if (why := self.absence(page)) is not None:
                raise why
            if time.monotonic() >= end:
                raise TimeoutError
            self._changed.wait(_LOOK_S)
        return self._answer
