"""One iPhone at the cable: its app's port, and in a sentence what keeps it from being used."""

from __future__ import annotations

import socket
import sys
import time
from typing import Any

from irrvit.benchmark.errors import CommandFailed, DeviceLost, NoAnswer, one_line
from irrvit.benchmark.iphone import usbmux
from irrvit.benchmark.iphone.link import Link
from irrvit.benchmark.iphone.usbmux import Attached
from irrvit.model.progress import Notify

PORT = 7071
_PROTOCOL = 1
_ANSWER_S = 5.0
_NOTICE_S = 2.0  # The daemon may notice a pulled cable later than we do.


class AppEnded(DeviceLost):
    """The iPhone is there, and its app is not any more."""


class IPhone:
    """One iPhone by its serial, at whichever port it is plugged in."""

    def __init__(self, serial: str):
        self.serial = serial

    def link(self, timeout_s: float) -> Link:
        """A connection to the app.

        Args:
            timeout_s: after which a question without an answer counts as a hang.

        Raises:
            DeviceLost: the iPhone is not there.
            CommandFailed: it is, and its app does not listen.
        """
        return Link(self._connect(), timeout_s=timeout_s, explain_end=self._explain_end)

    def ask(self, do: str) -> dict[str, Any]:
        """One question over a connection of its own.

        Raises:
            DeviceLost, CommandFailed: as `link` does, or the app does not answer.
        """
        link = self.link(_ANSWER_S)
        try:
            return link.ask(do)
        except NoAnswer as error:
            raise CommandFailed(
                f"the app on iPhone {self.serial} does not answer within {_ANSWER_S:g} s: it is in "
                "the background or the phone is locked; unlock it and bring the app's Benchmark "
                "page to the front"
            ) from error
        finally:
            link.close()

    def hello(self) -> dict[str, Any]:
        """What the app says that the iPhone is; raises as `ask` does."""
        said = self.ask("hello")
        if said.get("protocol") != _PROTOCOL:
            raise CommandFailed(
                f"the app on iPhone {self.serial} speaks protocol "
                f"{one_line(str(said.get('protocol')))}, expected "
                f"{_PROTOCOL}: install the app of this version (ios_app/README.md)"
            )
        return said

    def wait_until_back(self, timeout_s: float, notify: Notify) -> None:
        """Wait for one that was pulled off, or whose app was closed.

        Raises:
            DeviceLost: it did not come back in time.
        """
        end, told = time.monotonic() + timeout_s, ""
        while True:
            try:
                self.hello()
                return
            except CommandFailed as error:
                what, is_gone = str(error), isinstance(error, DeviceLost)
            if time.monotonic() >= end:
                raise DeviceLost(
                    f"{what}; it did not come back within {timeout_s:.0f} s: once it is ready, run "
                    "this again",
                    is_final=True,
                )
            if what != told:
                notify("all", f"waiting: {what}")
                told = what
            if is_gone:
                usbmux.wait_for(self.serial, end)
            time.sleep(0.5)

    def _connect(self) -> socket.socket:
        try:
            phone = self._attached()
            if phone is None:
                raise DeviceLost(f"iPhone {self.serial} is gone: is its cable loose?")
            try:
                return usbmux.connect(phone, PORT)
            except usbmux.Refused as error:
                raise CommandFailed(why_refused(phone)) from error
        except usbmux.MuxError as error:
            raise DeviceLost(why_lost(self.serial, error)) from error

    def _attached(self) -> Attached | None:
        return next((one for one in usbmux.attached() if one.is_called(self.serial)), None)

    def _explain_end(self) -> str:
        """Why a connection ended, always by raising: whoever may go on has to know."""
        end = time.monotonic() + _NOTICE_S
        while time.monotonic() < end:
            try:
                if self._attached() is None:
                    raise DeviceLost(f"iPhone {self.serial} is gone: is its cable loose?")
            except usbmux.MuxError as error:
                raise DeviceLost(why_lost(self.serial, error)) from error
            time.sleep(0.2)
        raise AppEnded(
            f"the app on iPhone {self.serial} ended or left the screen (iOS ends apps that take "
            "much memory): open its Benchmark page again; what was measured is kept"
        )


def why_refused(phone: Attached) -> str:
    """What to do about an iPhone where nobody listens, in a sentence."""
    if not usbmux.is_trusting(phone):
        return (
            f"iPhone {phone.serial} does not trust this computer: unlock it and accept 'Trust This "
            "Computer?' on its screen; if it does not ask, pull its cable and plug it in again"
        )
    by_mac = "; or let this Mac start it: --bundle-id NAME" if sys.platform == "darwin" else ""
    return (
        f"nobody answers on iPhone {phone.serial}: unlock it, open the app on it and its Benchmark "
        f"page{by_mac}; if the app does not open, trust its developer (Settings, General, VPN & "
        "Device Management) and switch on Developer Mode (Settings, Privacy & Security)"
    )


def why_lost(serial: str, error: usbmux.MuxError) -> str:
    """What to do where the daemon does not help, in a sentence."""
    if isinstance(error, usbmux.NoMux):
        return no_daemon(error)
    return f"iPhone {serial} cannot be reached: {error}"


def no_daemon(error: usbmux.MuxError) -> str:
    """What to do where there is no daemon, in a sentence."""
    if sys.platform == "darwin":
        advice = "it is part of macOS: restart this Mac"
    else:
        advice = "install it (Debian: apt-get install usbmuxd), or start it (usbmuxd, as root)"
    return (
        f"iPhones are reached by usbmuxd, and {error}: {advice}; {usbmux.VARIABLE} names another "
        "place"
    )
