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
from dataclasses import dataclass, replace
from typing import TextIO

from irrvit.benchmark.browser.serve_page import lan_address
from irrvit.benchmark.device import READY, Process, SeenDevice
from irrvit.benchmark.errors import BadOptions, DeviceLost, DeviceNotFound
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
from irrvit.benchmark.remote_browser import words
from irrvit.benchmark.remote_browser.borrowing import (
    SharedPhone,
    Talk,
    shared_phone,
    shared_phones,
)
from irrvit.benchmark.remote_browser.invite import Host, Typed, say
from irrvit.benchmark.remote_browser.options import Options
from irrvit.benchmark.remote_browser.process import PageProcess
from irrvit.benchmark.remote_browser.server import RemoteServer
from irrvit.benchmark.remote_browser.session import Guest, Session
from irrvit.benchmark.remote_browser.sharing import notes, shared
from irrvit.model.progress import Notify

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",)}
# Beside that of `make web-serve`; always the same, since browsers keep what they know of a page
# under its address, the port included.
PORT = 8444
_WAIT_S, _STATE_S = 180.0, 5.0
_PORTS = 2**16


def find(options: Options, notify: Notify) -> RemoteBrowser:
    """Serve the page, show where it is, and wait for the phone; see `Finder.find`."""
    served = _served(options)
    guest = served.welcome(options, Typed(_keyboard()))
    wait_s, info = options.wait or _WAIT_S, words.device_info(guest.facts)
    return RemoteBrowser(served.session, served.server, info, wait_s, notify)


def find_shared(serial: str, options: Options, notify: Notify) -> RemoteBrowser:
    """A phone that another process of this machine let in.

    Raises:
        DeviceNotFound: none was.
        DeviceLost: that process has ended.
        BadOptions: it was told already where the phone reaches this machine.
    """
    phone = shared_phone(serial)
    if options.address is not None or options.port is not None:
        raise BadOptions(
            f"leave --address and --port out: the phone {serial} was let in by another process"
        )
    info, wait_s = words.device_info(phone.facts), options.wait or phone.wait_s
    return RemoteBrowser(phone.talk, phone.talk, info, wait_s, notify)


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
        BenchmarkError: one cannot be let in; see `find`. All that needs no phone is seen to first.
    """
    if not count:
        yield
        return
    notes()
    served = [_served(replace(options, port=port)) for port in ports(count, options)]
    typed = Typed(_keyboard())
    with ExitStack() as sharing:
        for one in served:
            guest = one.welcome(options, typed)
            wait_s = options.wait or _WAIT_S
            sharing.enter_context(shared(one.session, one.server, guest.facts, wait_s))
        yield


def ports(count: int, options: Options) -> range:
    """Where the pages of so many phones are served, each on its own; raises BadOptions."""
    first = options.port or PORT
    if first + count > _PORTS:
        raise BadOptions(f"{count} phones take as many ports from {first} on: --port a lower one")
    return range(first, first + count)


@dataclass(frozen=True)
class _Served:
    """A page that waits for its phone."""

    session: Session
    server: RemoteServer

    def welcome(self, options: Options, typed: Typed) -> Guest:
        host = Host(self.session, self.server.url, typed=typed, say=say)
        return host.welcome(options.wait or _WAIT_S)


def _served(options: Options) -> _Served:
    session = Session()
    server = RemoteServer(session, _address(options.address), options.port or PORT)
    atexit.register(_end, session, server)
    return _Served(session, server)


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
        if isinstance(self._session, Talk):
            self._session.take()
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
