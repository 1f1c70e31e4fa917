"""Who a phone is and how it is: one question each, answered by `irrvit.benchmark.android.parse`."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from irrvit.benchmark.android import parse
from irrvit.benchmark.android.adb import Phone
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import DeviceInfo, DeviceState

_LOAD_WINDOW_S = 0.3
_TICKS_PER_S = 100  # USER_HZ, which is 100 on every Android.


@dataclass(frozen=True)
class Identity:
    """What a phone is called, by its own word."""

    model: str
    manufacturer: str
    soc: str
    android: str
    abi: str
    emulated: bool

    @property
    def name(self) -> str:
        """Manufacturer and model; a model that begins with its maker's name is enough."""
        is_double = self.model.lower().startswith(self.manufacturer.lower())
        return self.model if is_double else f"{self.manufacturer} {self.model}"


def identify(phone: Phone) -> Identity:
    properties = parse.properties(phone.shell("getprop"))
    soc = [properties.get("ro.soc.manufacturer", ""), properties.get("ro.soc.model", "")]
    return Identity(
        model=properties.get("ro.product.model", "?"),
        manufacturer=properties.get("ro.product.manufacturer", "?"),
        soc=" ".join(filter(None, soc)) or properties.get("ro.board.platform", "?"),
        android=properties.get("ro.build.version.release", "?"),
        abi=properties.get("ro.product.cpu.abi", "?"),
        emulated="1" in (properties.get("ro.boot.qemu"), properties.get("ro.kernel.qemu")),
    )


def describe(phone: Phone) -> DeviceInfo:
    identity = identify(phone)
    present = phone.shell("cat", "/sys/devices/system/cpu/present").strip()
    return DeviceInfo(
        kind="android",
        name=identity.name,
        soc=identity.soc,
        os=f"Android {identity.android}",
        ram_bytes=parse.ram_bytes(phone.shell("cat", "/proc/meminfo")),
        abi=identity.abi,
        cores=parse.cores(present),
        emulated=identity.emulated,
        id_hash=hashlib.sha256(phone.serial.encode()).hexdigest()[:16],
    )


def busy_s(phone: Phone) -> float:
    """Seconds that all cores together were busy since the phone started."""
    return parse.busy_ticks(phone.shell("cat", "/proc/stat")) / _TICKS_PER_S


def load(phone: Phone) -> float:
    """Cores that are busy, watched for a moment while nothing of ours runs."""
    start, before = time.monotonic(), busy_s(phone)
    time.sleep(_LOAD_WINDOW_S)
    after = busy_s(phone)
    return (after - before) / (time.monotonic() - start)


def read(phone: Phone, *, load: float | None = None) -> DeviceState:
    battery = parse.battery(phone.shell("dumpsys", "battery"))
    thermal = parse.thermal(_optional(phone, "thermalservice"))
    return DeviceState(
        load=load,
        temperature_c=battery.temperature_c if thermal.skin_c is None else thermal.skin_c,
        battery_percent=battery.percent,
        charging=battery.is_charging,
        is_screen_on=parse.is_screen_on(_optional(phone, "power")),
        thermal_status=thermal.status,
        at_utc=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def require_unlocked(phone: Phone) -> None:
    """A locked phone keeps apps in the background, where they are slow.

    Raises:
        CommandFailed: it is locked, or its screen is off.
    """
    locked = parse.is_locked(_optional(phone, "trust"))
    if locked or parse.is_screen_on(_optional(phone, "power")) is False:
        what = "is locked" if locked else "has its screen off"
        raise CommandFailed(
            f"phone {phone.serial} {what}, and apps are slow in the background: unlock it, leave "
            "its screen on ('Stay awake' in its developer options helps), and run this again"
        )


def _optional(phone: Phone, service: str) -> str:
    """What a service says that older versions of Android do not have."""
    return phone.run("dumpsys", service).stdout
