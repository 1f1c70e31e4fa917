"""The machine that this runs on: its processor, who it is, how busy and how warm."""

from __future__ import annotations

import hashlib
import os
import platform
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from irrvit.benchmark import plausible
from irrvit.benchmark.measurement import DeviceInfo, DeviceState

_LOAD_WINDOW_S = 0.3


def cores() -> int:
    return os.cpu_count() or 1


def ram_bytes() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def cpuinfo(field: str) -> str | None:
    """What the system says about its first processor, None if it does not."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(field)), None)


def id_hash(soc: str) -> str:
    """Tells this machine from others that are alike, without saying which one it is."""
    machine = Path("/etc/machine-id")
    own = machine.read_text() if machine.exists() else str(uuid.getnode())
    identity = f"{own} {soc} {cores()} {ram_bytes()}"
    return hashlib.sha256(identity.encode()).hexdigest()[:16]


def describe(kind: str, *, inside: str = "", identity: str = "") -> DeviceInfo:
    """This machine, or a program on it that runs files: `inside` names that program to people.

    Args:
        identity: which part of its name makes it another device.
    """
    soc = cpuinfo("model name") or platform.processor() or platform.machine()
    name = f"{soc}, {cores()} cores"
    return DeviceInfo(
        kind=kind,
        name=f"{inside} on {name}" if inside else name,
        soc=soc,
        os=platform.platform(),
        ram_bytes=ram_bytes(),
        abi=platform.machine(),
        cores=cores(),
        emulated=False,
        id_hash=id_hash(f"{soc} {identity}" if identity else soc),
    )


def state() -> DeviceState:
    """Watch the machine for a moment while nothing of ours runs."""
    before = busy_s()
    time.sleep(_LOAD_WINDOW_S)
    after = busy_s()
    frequency = cpuinfo("cpu MHz")
    return DeviceState(
        load=None if before is None or after is None else (after - before) / _LOAD_WINDOW_S,
        temperature_c=_temperature_c(),
        frequency_mhz=plausible.number(frequency),
        at_utc=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def busy_s() -> float | None:
    """Seconds that all cores together were busy since the machine started, or None."""
    path = Path("/proc/stat")
    if not path.exists():
        return None
    user, nice, system, _idle, _wait, *others = map(
        int, path.read_text().split("\n")[0].split()[1:]
    )
    # Interrupts and what the hypervisor took; guests are within user already.
    return (user + nice + system + sum(others[:3])) / os.sysconf("SC_CLK_TCK")


def _temperature_c() -> float | None:
    """The warmest of its sensors; some cannot be read, and some say -274 or 0."""
    zones = Path("/sys/class/thermal").glob("thermal_zone*/temp")
    return warmest_c(map(_read, zones))


def warmest_c(millidegrees: Iterable[str]) -> float | None:
    """Of what sensors say in thousandths of a degree, what can be true."""
    said = [plausible.number(text) for text in millidegrees]
    degrees = (value / 1000 for value in said if value is not None)
    believed = (plausible.within(c, plausible.OF_PROCESSOR_C) for c in degrees)
    return max((c for c in believed if c is not None), default=None)


def _read(file: Path) -> str:
    try:
        return file.read_text(errors="replace")
    except OSError:
        return ""
