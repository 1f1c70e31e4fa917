"""Who a phone is and how it is: one question each, answered by `irrvit.benchmark.android.parse`."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from irrvit.benchmark import plausible
from irrvit.benchmark.android import attachment, identity, parse
from irrvit.benchmark.android.adb import Phone
from irrvit.benchmark.android.identity import Identity
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import DeviceInfo, DeviceState

_LOAD_WINDOW_S = 0.3
_TICKS_PER_S = 100  # USER_HZ, which is 100 on every Android.


def identify(phone: Phone) -> Identity:
    return identity.read(_properties(phone))


def own_name(phone: Phone) -> str:
    """What is the phone's alone, and the same by cable, by address and by wireless debugging.

    Some makers leave the serial out, or give all their phones the same.
    """
    serial = identity.hardware_serial(_properties(phone))
    if serial is not None:
        return serial
    drawn = phone.run("settings", "get", "secure", "android_id").stdout.strip()
    if identity.is_android_id(drawn):
        return drawn
    there = attachment.of(phone.serial).serial
    return there if there is not None and identity.is_serial(there) else phone.serial


def _properties(phone: Phone) -> dict[str, str]:
    return parse.properties(phone.shell("getprop"))


def describe(phone: Phone) -> DeviceInfo:
    who = identify(phone)
    return DeviceInfo(
        kind="android",
        name=who.name,
        soc=who.soc,
        os=f"Android {who.android}",
        ram_bytes=parse.ram_bytes(phone.run("cat", "/proc/meminfo").stdout),
        abi=who.abi,
        cores=_cores(phone),
        emulated=who.emulated,
        id_hash=identity.to_hash(own_name(phone)),
    )


def _cores(phone: Phone) -> int:
    """0 if it does not say: some hide both files."""
    present = parse.cores(phone.run("cat", "/sys/devices/system/cpu/present").stdout)
    return present or parse.online_cores(phone.run("cat", "/proc/stat").stdout) or 0


def busy_s(phone: Phone) -> float | None:
    """Seconds that all cores together were busy since the phone started, if it says so."""
    ticks = parse.busy_ticks(phone.run("cat", "/proc/stat").stdout)
    return None if ticks is None else ticks / _TICKS_PER_S


def load(phone: Phone) -> float | None:
    """Cores that are busy, watched for a moment while nothing of ours runs; None if unknown."""
    start, before = time.monotonic(), busy_s(phone)
    time.sleep(_LOAD_WINDOW_S)
    after = busy_s(phone)
    if before is None or after is None:
        return None
    return plausible.within((after - before) / (time.monotonic() - start), plausible.OF_LOAD)


def read(phone: Phone, *, load: float | None = None) -> DeviceState:
    battery = parse.battery(_optional(phone, "battery"))
    thermal = parse.thermal(_optional(phone, "thermalservice"))
    return DeviceState(
        load=load,
        temperature_c=battery.temperature_c if thermal.skin_c is None else thermal.skin_c,
        disbelieved=(*thermal.disbelieved, *battery.disbelieved),
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
