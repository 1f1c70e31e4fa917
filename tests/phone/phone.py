"""The phone itself: its files, what it says about itself, how warm it is, what is wrong with it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from heat import Heat

_HERE = Path(__file__).parent
# What a command's words must begin with to be files of the phone.
_OWN = re.compile(r"(?<![\w./-])/(?=(?:data|sdcard|sys|proc)/)")
_TOOLS = (
    *("cat", "chmod", "cp", "date", "dd", "echo", "head", "ls", "mkdir", "mv", "sed", "setsid"),
    *("sha256sum", "sleep", "stat", "tail", "touch", "true", "uname", "wc"),
)
_SPEAKING = ("am", "pm", "df", "settings")
FEATURES = "shell_v2,cmd,stat_v2,ls_v2,fixed_push_mkdir"


@dataclass
class Condition:
    """What a test does to the phone, by name.

    Attributes:
        unplug_after: bytes that still pass the cable, both ways, before it is pulled.
        bytes_per_s: speed of the cable.
        other_signature: the app that is there was signed by somebody else.
        damages: what is pushed arrives otherwise.
        no_abi: it installs no app for ARM64.
        hidden: services that it does not have.
        properties: what `getprop` says otherwise.
        says: what services (`battery`), files (`/sys/...`) and commands (`am`, `pm`, `df`,
            `settings`) say otherwise; what $names stand for is filled in.
    """

    authorized: bool = True
    plugged: bool = True
    unplug_after: int | None = None
    bytes_per_s: float | None = None
    locked: bool = False
    other_signature: bool = False
    no_abi: bool = False
    damages: bool = False
    charging: bool = False
    storage_bytes: int | None = None
    app_version: str = "0.1.0"
    exit_reason: str = "13 (OTHER KILLS BY SYSTEM)"
    hidden: list[str] = field(default_factory=list)
    properties: dict[str, str] = field(default_factory=dict)
    says: dict[str, str] = field(default_factory=dict)


class Phone:
    """A folder that plays a phone, after a personality read from a data file.

    Args:
        app: the command that plays the app's benchmark entry.
        screen: the one that plays its main screen: the APK is its argument, its stdout the log.
    """

    def __init__(self, folder: Path, personality: dict[str, Any], *, app: str, screen: str):
        self.folder, self.root = folder, folder / "root"
        self.personality, self.condition = personality, Condition()
        self.heat = Heat(**personality["heat"])
        self._app, self._screen, self._lock = app, screen, threading.Lock()
        self._lay()
        self.refresh()

    @property
    def banner(self) -> bytes:
        names = ("ro.product.name", "ro.product.model", "ro.product.device")
        said = "".join(f"{name}={self._properties()[name]};" for name in names)
        return f"device::{said}features={FEATURES}".encode()

    def is_authorized(self) -> bool:
        return self.condition.authorized

    def carry(self, size: int) -> bool:
        """See `transport.Link`."""
        condition = self.condition
        if condition.bytes_per_s is not None:
            time.sleep(size / condition.bytes_per_s)
        with self._lock:
            if condition.unplug_after is not None:
                condition.unplug_after -= size
                if condition.unplug_after < 0:
                    condition.plugged, condition.unplug_after = False, None
        return condition.plugged

    def path(self, name: str) -> Path:
        """Where a file of the phone lies on this machine."""
        return self.root / os.path.normpath(f"/{name}").lstrip("/")

    def socket_path(self, name: str) -> Path:
        return self.folder / "sockets" / name

    def inside(self, text: str) -> str:
        """A command or a message with the phone's file names as this machine's."""
        return _OWN.sub(f"{self.root}/", text)

    def outside(self, data: bytes) -> bytes:
        """And back."""
        return data.replace(str(self.root).encode(), b"")

    def environment(self) -> dict[str, str]:
        return {
            "PATH": str(self.folder / "bin"),
            "PHONE": str(self.folder),
            "PHONE_ROOT": str(self.root),
            "PHONE_APP": self._app,
            "PHONE_SCREEN": self._screen,
            "PHONE_PACKAGE": self.personality["package"],
            "TMPDIR": str(self.folder),
        }

    def arrive(self, data: bytes) -> bytes:
        """What is left of what was sent."""
        return data[::-1] if self.condition.damages else data

    def free_bytes(self) -> int:
        used = sum(file.stat().st_size for file in self.path("/data").rglob("*") if file.is_file())
        limit = self.condition.storage_bytes
        return max(0, (self.personality["storage_bytes"] if limit is None else limit) - used)

    def refresh(self) -> None:
        """Write what changes by itself: temperatures, battery, storage, and what a test changed."""
        condition, free = self.condition, self.free_bytes() // 1024
        total = self.personality["storage_bytes"] // 1024
        facts = {
            **self.heat.facts(),
            "locked": int(condition.locked),
            "awake": "Asleep" if condition.locked else "Awake",
            "usb_powered": str(condition.charging).lower(),
            "battery_status": 2 if condition.charging else 3,
            "exit_reason": condition.exit_reason,
            "app_version": condition.app_version,
        }
        says = {name: text.split("\n") for name, text in condition.says.items()}
        services: dict[str, list[str]] = self.personality["dumpsys"]
        files: dict[str, list[str]] = self.personality["files"]
        for name, lines in services.items():
            if name in condition.hidden:
                (self.folder / "dumpsys" / name).unlink(missing_ok=True)
            else:
                self._write(self.folder / "dumpsys" / name, says.get(name, lines), facts)
        for name, lines in (files | {n: t for n, t in says.items() if n.startswith("/")}).items():
            self._write(self.path(name), lines, facts)
        for name in _SPEAKING:
            (self.folder / "says" / name).unlink(missing_ok=True)
            if name in says:
                self._write(self.folder / "says" / name, says[name], facts)
        properties = [f"[{key}]: [{value}]" for key, value in self._properties().items()]
        self._write(self.folder / "properties", properties, {})
        share = f"{100 - 100 * free // total}%"
        self._write(self.folder / "storage", [f"{total} {total - free} {free} {share}"], {})
        self._mark("other-signature", condition.other_signature)
        self._mark("no-abi", condition.no_abi)

    def watch(self) -> None:
        """Have the app warm the phone, and a warm phone slow the app; never returns."""
        while True:
            self.heat.step(self._app_pid())

    def kill_app(self) -> None:
        """As the system does when memory is short."""
        pid = self._app_pid()
        if pid is not None:
            os.killpg(pid, signal.SIGKILL)

    def _app_pid(self) -> int | None:
        with suppress(FileNotFoundError, ValueError, ProcessLookupError):
            pid = int((self.folder / "app.pid").read_text())
            os.killpg(pid, 0)
            return pid
        return None

    def _properties(self) -> dict[str, str]:
        return self.personality["properties"] | self.condition.properties

    def _lay(self) -> None:
        for name in ("bin", "dumpsys", "sockets", "root/data/local/tmp", "root/proc"):
            (self.folder / name).mkdir(parents=True)
        (self.root / "proc/stat").symlink_to("/proc/stat")
        for script in (_HERE / "bin").iterdir():
            (self.folder / "bin" / script.name).symlink_to(script)
        for tool in (*_TOOLS, "qemu-aarch64-static"):
            if found := shutil.which(tool):
                (self.folder / "bin" / tool).symlink_to(found)

    def _mark(self, name: str, on: bool) -> None:
        if on:
            (self.folder / name).touch()
        else:
            (self.folder / name).unlink(missing_ok=True)

    def _write(self, path: Path, lines: list[str], facts: dict[str, Any]) -> None:
        """Whole or not at all: a command may be reading it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{threading.get_ident()}")
        fresh.write_text(Template("\n".join(lines) + "\n").safe_substitute(facts))
        fresh.replace(path)
