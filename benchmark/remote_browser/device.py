"""Letting a phone in, and what `irrvit.benchmark.device` wants of it."""

from __future__ import annotations

import atexit
import io
import ipaddress
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TextIO

from irrvit.benchmark.browser.serve_page import lan_address
from irrvit.benchmark.device import READY, Process, SeenDevice
from irrvit.benchmark.errors import BadOptions, DeviceLost, DeviceNotFound
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
from irrvit.benchmark.remote_browser import words
from irrvit.benchmark.remote_browser.invite import Host, Typed, say
from irrvit.benchmark.remote_browser.options import Options
from irrvit.benchmark.remote_browser.process import PageProcess
from irrvit.benchmark.remote_browser.server import RemoteServer
from irrvit.benchmark.remote_browser.session import Guest, Session
from irrvit.benchmark.remote_browser.sharing import SharedPhone, Talk, shared, shared_phones
from irrvit.model.progress import Notify

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",)}
# Beside that of `make web-serve`; always the same, since browsers keep what they know of a page
# under its address, the port included.
PORT = 8444
_WAIT_S, _STATE_S = 180.0, 5.0


def find(options: Options, notify: Notify) -> RemoteBrowser:
    """Serve the page, show where it is, and wait for the phone; see `Finder.find`."""
    session, server, guest = _welcomed(options, Typed(_keyboard()))
    wait_s = options.wait or _WAIT_S
    return RemoteBrowser(session, server, words.device_info(guest.facts), wait_s, notify)


def find_shared(serial: str, options: Options, notify: Notify) -> RemoteBrowser:
    """A phone that another process of this machine let in; raises DeviceNotFound."""
    for phone in shared_phones():
        if phone.serial == serial:
            info = words.device_info(phone.facts)
            return RemoteBrowser(phone.talk, phone.talk, info, options.wait or _WAIT_S, notify)
    raise DeviceNotFound(f"no phone that was let in here is called '{serial}'")


def attached() -> list[SeenDevice]:
    """Phones that processes of this machine let in and share."""
    return [_seen(phone, words.device_info(phone.facts)) for phone in shared_phones()]


def _seen(phone: SharedPhone, info: DeviceInfo) -> SeenDevice:
    why = phone.talk.absence()
    name = f"{info.name} ({phone.serial})"
    return SeenDevice(info.kind, name, str(why) if why else READY, info.soc, info.os, info.abi)


@contextmanager
def let_in(count: int, options: Options) -> Iterator[None]:
    """Let phones in, one after the other, and share each until the end.

    Raises:
        BenchmarkError: one cannot be let in; see `find`.
    """
    with ExitStack() as sharing:
        typed = Typed(_keyboard()) if count else None
        for number in range(count):
            assert typed is not None
            own = replace(options, port=(options.port or PORT) + number)
            session, server, guest = _welcomed(own, typed)
            sharing.enter_context(shared(session, server, guest.facts))
        yield


def _welcomed(options: Options, typed: Typed) -> tuple[Session, RemoteServer, Guest]:
    session = Session()
    server = RemoteServer(session, _address(options.address), options.port or PORT)
    atexit.register(_end, session, server)
    guest = Host(session, server.url, typed=typed, say=say).welcome(options.wait or _WAIT_S)
    return session, server, guest


def _keyboard() -> TextIO:
    """Of our own: Python cannot end while a thread of it reads the one that it closes itself."""
    try:
        # What is typed in another encoding is a wrong code, and ends no thread.
        return os.fdopen(os.dup(sys.stdin.fileno()), errors="replace")
    except (AttributeError, OSError):  # There is none, or it is no file.
        return io.StringIO()


def _end(session: Session, server: RemoteServer) -> None:
    session.end()
    server.close()


def _address(given: str | None) -> str:
    """Where the phone is to reach this machine."""
    if given is None:
        found = lan_address()
        if ipaddress.ip_address(found).is_loopback:
            raise DeviceNotFound(
                "this machine is in no network that a phone could be in too: connect it to one, or "
                "name its address by --address"
            )
        return found
    try:
        return str(ipaddress.IPv4Address(given))
    except ValueError as error:
        raise BadOptions(
            f"--address got '{given}': expected an address such as 192.168.1.5"
        ) from error


class RemoteBrowser:
    """A phone's page; see `irrvit.benchmark.device.Device`."""

    ACCELERATORS = ("cpu", "gpu")

    def __init__(
        self,
        session: Session | Talk,
        server: RemoteServer | Talk,
        info: DeviceInfo,
        wait_s: float,
        notify: Notify,
    ):
        self._session, self._server, self._info = session, server, info
        self._wait_s, self._notify = wait_s, notify
        self.RUNTIMES = RUNTIMES

    def describe(self) -> DeviceInfo:
        return self._info

    def state(self) -> DeviceState:
        """How it is by its own word; nothing is known of one that is gone."""
        try:
            said = self._session.ask("state", timeout_s=_STATE_S, page=self._session.page)
        except DeviceLost:
            said = {}
        return words.device_state(said)

    def open(self, path: str, config: RunConfig) -> Process:
        """A phone that is locked, or whose page was closed, is waited for."""
        self._wait_until_back()
        return PageProcess(self._session, self._server, path, config)

    def _wait_until_back(self) -> None:
        end, told = time.monotonic() + self._wait_s, ""
        while (why := self._session.absence()) is not None:
            if time.monotonic() >= end:
                raise DeviceLost(
                    f"{why}; it did not come back within {self._wait_s:g} s: once it is ready, run "
                    "this again",
                    is_final=True,
                )
            if str(why) != told:
                told = str(why)
                self._notify("all", f"waiting: {why}")
            time.sleep(0.2)
