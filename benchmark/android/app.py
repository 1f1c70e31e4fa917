"""The demo app's benchmark entry: installed when it must be, started, and talked to by a socket."""

from __future__ import annotations

import hashlib
import importlib.metadata
import io
import socket
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.android import parse, push, state
from irrvit.benchmark.android.adb import Phone
from irrvit.benchmark.device import TimedBlock
from irrvit.benchmark.errors import CommandFailed, DeviceLost, one_line
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.worker import answers
from irrvit.benchmark.worker.connection import WorkerConnection
from irrvit.model.progress import Notify

PACKAGE = "org.irrvit.mobile"
ACTIVITY = f"{PACKAGE}/.BenchmarkActivity"
SOCKET = "irrvit-bench"
_START_S, _INSTALL_S = 20.0, 180.0
_REFUSED = {
    "INSTALL_FAILED_INSUFFICIENT_STORAGE": "it is full: make room on it",
    "INSTALL_FAILED_NO_MATCHING_ABIS": "its processor is none the app is built for (arm64-v8a, "
    "x86_64): use a 64-bit phone",
    "INSTALL_FAILED_USER_RESTRICTED": "its owner must allow it: switch on 'Install via USB' in "
    "its developer options",
}


def require(phone: Phone, apk: Path, notify: Notify) -> None:
    """Have the app of this version on the phone; the very same one is not installed again.

    Raises:
        CommandFailed: there is no app to install, or the phone refuses it.
    """
    there = _installed_sha256(phone)
    if not apk.is_file():
        return _require_version(phone, apk)
    content = apk.read_bytes()
    if there == hashlib.sha256(content).hexdigest():
        return
    sent = push.push(phone, content, ".apk", notify=notify)
    notify("the app", "installing it")
    result = phone.run("pm", "install", "-r", "-t", sent, timeout_s=_INSTALL_S)
    push.remove(phone, sent)
    output = result.stdout + result.stderr
    if not parse.is_installed(output):
        why = why_refused(output, phone.serial)
        raise CommandFailed(f"phone {phone.serial} does not install the app: {why}")


def why_refused(output: str, serial: str) -> str:
    """What to do about the reason that `pm install` gives, or its own words."""
    if "INSTALL_FAILED_UPDATE_INCOMPATIBLE" in output:
        return (
            "an app of another signature has its name: remove it (its data goes with it) with: "
            f"adb -s {serial} uninstall {PACKAGE}"
        )
    known = next((text for code, text in _REFUSED.items() if code in output), None)
    return known or one_line(output) or "it does not say why"


def _require_version(phone: Phone, apk: Path) -> None:
    """Without a file to hold it against, the app that is there has to be of this version."""
    ours = importlib.metadata.version("irrvit-mobile")
    theirs = parse.version_name(phone.run("dumpsys", "package", PACKAGE).stdout)
    if theirs != ours:
        what = f"is version {one_line(theirs)}, and {ours} is needed" if theirs else "is not there"
        raise CommandFailed(
            f"the app on phone {phone.serial} {what}, and {apk} is not here to install: build it "
            "with 'make apk', or name one with --apk"
        )


def stop(phone: Phone) -> None:
    phone.run("am", "force-stop", PACKAGE)


def _installed_sha256(phone: Phone) -> str:
    where = phone.run("pm", "path", PACKAGE).stdout.strip().removeprefix("package:")
    return parse.sha256(phone.run("sha256sum", where).stdout) if where else ""


def _start(phone: Phone) -> None:
    state.require_unlocked(phone)
    result = phone.run("am", "start", "-n", ACTIVITY)
    output = f"{result.stderr}\n{result.stdout}"
    why = parse.why_not_started(output)  # Many a phone refuses with exit code 0.
    if result.exit_code or why is not None:
        said = one_line(why or output) or f"exit code {result.exit_code}"
        raise CommandFailed(
            f"the app does not start on phone {phone.serial}: {said}; open it by hand once, and "
            "see whether its maker's settings forbid adb to start apps (Xiaomi: 'USB debugging "
            "(Security settings)')"
        )


class AppProcess:
    """One file in the app; see `irrvit.benchmark.device.Process`."""

    def __init__(self, phone: Phone, path: str, config: RunConfig):
        """Load the file that lies at `path` on the phone."""
        self._phone, self.is_closed = phone, False
        _start(phone)
        self._socket = _connect(phone)
        self._worker = WorkerConnection(
            self._socket.makefile("wb"),
            self._socket.makefile("rb"),
            timeout_s=config.timeout_s,
            explain_end=self._explain_end,
        )
        options: dict[str, Any] = {}
        if config.accelerator != "cpu":
            options["accelerator"] = config.accelerator
        try:
            answer = self._worker.ask(
                "load", runtime=config.runtime, path=path, threads=config.threads, **options
            )
            self.load_info = answers.to_load_info(answer, accelerator="cpu")
        except BaseException:
            self.close()
            raise

    def set_input(self, pixels: np.ndarray) -> None:
        content = io.BytesIO()
        np.save(content, np.ascontiguousarray(pixels, np.float32))
        self._worker.ask("set", pixels=push.push(self._phone, content.getvalue(), ".npy"))

    def time(self, calls: int, *, untimed: int = 0) -> TimedBlock:
        if untimed:
            self._worker.ask("time", calls=untimed)
        start, before = time.perf_counter(), state.busy_s(self._phone)
        block = answers.to_timed_block(self._worker.ask("time", calls=calls), busy_ms=None)
        after, passed_ms = state.busy_s(self._phone), 1000 * (time.perf_counter() - start)
        if before is None or after is None or block.own_cpu_ms is None:
            return block
        # Asking takes a phone long: others get the share that they have of the time between.
        others = (1000 * (after - before) - block.own_cpu_ms) / passed_ms
        return replace(block, background_ms=others * block.wall_ms)

    def logits(self) -> np.ndarray:
        return answers.to_logits(self._worker.ask("logits"))

    def peak_memory_bytes(self) -> int | None:
        return answers.to_memory_bytes(self._worker.ask("memory"))

    def close(self) -> None:
        self.is_closed = True
        with suppress(OSError):  # It is closed already when the phone is gone.
            self._socket.shutdown(socket.SHUT_RDWR)
        self._worker.close()
        self._socket.close()

    def _explain_end(self) -> str:
        lost = self._phone.why_lost()
        if lost is not None:
            raise DeviceLost(lost)
        info = self._phone.run("dumpsys", "activity", "exit-info", PACKAGE).stdout
        reason = parse.exit_reason(info)
        why = f" ({one_line(reason)})" if reason else ""
        short = reason is not None and "memory" in reason
        return f"the phone ended the app's process{why}" + (
            ": close other apps, or measure fewer files at once" if short else ""
        )


def _connect(phone: Phone) -> socket.socket:
    """The app listens a moment after it has started."""
    end = time.monotonic() + _START_S
    while True:
        try:
            return phone.connect(SOCKET)
        except DeviceLost:
            raise
        except CommandFailed as error:
            if time.monotonic() >= end:
                raise CommandFailed(
                    f"the app on phone {phone.serial} does not answer within {_START_S:.0f} s: "
                    "look at its screen, and at 'adb logcat' for a crash"
                ) from error
            time.sleep(0.1)
