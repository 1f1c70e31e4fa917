"""What phones print -> records; pure, and whatever they print, nothing here raises.

The formats are those of Android's services (`dumpsys`), of the Pixel's power HAL
(hardware/google/pixel/powerstats), and of Linux's and toybox's tools. What is missing, or cannot be
true, is None.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from irrvit.benchmark import plausible

_STATUS = ("none", "light", "moderate", "severe", "critical", "emergency", "shutdown")
_SKIN = 3
_POWERED_BY = ("AC", "USB", "Wireless", "Dock")


@dataclass(frozen=True)
class Battery:
    """`disbelieved` is what it said that cannot be true, in words."""

    percent: float | None
    temperature_c: float | None
    is_charging: bool | None
    is_powered: bool
    is_present: bool = True
    disbelieved: tuple[str, ...] = ()


@dataclass(frozen=True)
class Thermal:
    """`status` in Android's words; `disbelieved` is what was said that cannot be true."""

    status: str | None
    skin_c: float | None
    disbelieved: tuple[str, ...] = ()


def properties(text: str) -> dict[str, str]:
    """`getprop`."""
    return dict(re.findall(r"^\[(.*?)\]: \[(.*?)\]\r?$", text, re.MULTILINE))


def battery(text: str) -> Battery:
    """`dumpsys battery`; its temperature is in tenths of a degree, and in nothing else."""
    rows = re.findall(r"^[ \t]*([\w ]+):[ \t]*(\S*)[ \t\r]*$", text, re.MULTILINE)
    fields = dict(reversed(rows))  # Makers append sections of their own: the first counts.
    status, is_present = fields.get("status"), fields.get("present") != "false"
    said = fields.get("temperature") or None
    celsius = _tenths(said)
    why = () if said is None or celsius is not None or not is_present else _doubt("battery", said)
    return Battery(
        percent=_percent(fields) if is_present else None,
        temperature_c=celsius if is_present else None,
        is_charging=status == "2" if status else None,
        is_powered=any(fields.get(f"{how} powered") == "true" for how in _POWERED_BY),
        is_present=is_present,
        disbelieved=why,
    )


def _percent(fields: dict[str, str]) -> float | None:
    level, scale = (plausible.number(fields.get(key, "100")) for key in ("level", "scale"))
    if "level" not in fields or level is None or not scale or scale < 0:
        return None
    return plausible.percent(100 * level / scale)


def _tenths(said: str | None) -> float | None:
    tenths = plausible.whole(said) if said and "." not in said else None
    return None if tenths is None else plausible.within(tenths / 10, plausible.OF_PHONE_C)


def _doubt(sensor: str, said: str) -> tuple[str, ...]:
    tenths = plausible.number(said)
    if tenths is None:
        what = "no number"
    else:  # A decimal may be of degrees, or of tenths.
        what = said if "." in said else f"{tenths:g} tenths of a degree"
    return (f"{what} as its {sensor}'s temperature",)


def thermal(text: str) -> Thermal:
    """`dumpsys thermalservice`: what the sensors say now, not what was cached."""
    status = re.search(r"^Thermal Status: ([0-9]{1,9})\b", text, re.MULTILINE)
    _, _, now = text.partition("Current temperatures from HAL:")
    readings = re.findall(r"Temperature\{mValue=([^,}]*), mType=(-?[0-9]{1,9}),", now)
    said = [plausible.number(value) for value, kind in readings if int(kind) == _SKIN]
    believed = [c for c in said if plausible.within(c, plausible.OF_PHONE_C) is not None]
    skin_c = max((c for c in believed if c is not None), default=None)
    doubted = [f"{c:g} C" if c is not None else "no number" for c in said] if skin_c is None else []
    return Thermal(
        status=_STATUS[min(int(status[1]), len(_STATUS) - 1)] if status else None,
        skin_c=skin_c,
        disbelieved=tuple(f"{what} as its skin's temperature" for what in doubted),
    )


def is_locked(text: str) -> bool | None:
    """`dumpsys trust`: for the user who is there."""
    match = re.search(r"\(current\):.*?deviceLocked=(\w+)", text)
    return match[1] in ("1", "true") if match else None


def is_screen_on(text: str) -> bool | None:
    """`dumpsys power`."""
    match = re.search(r"^\s*mWakefulness=(\w+)", text, re.MULTILINE)
    return match[1] == "Awake" if match else None


def exit_reason(text: str) -> str | None:
    """`dumpsys activity exit-info PACKAGE`: how its latest process ended."""
    match = re.search(r"\breason=\d+ \(([^)]*)\)", text)
    return match[1].lower().replace("_", " ") if match else None


def version_name(text: str) -> str | None:
    """`dumpsys package PACKAGE`: None if it is not installed."""
    match = re.search(r"^\s*versionName=(\S+)", text, re.MULTILINE)
    return match[1] if match else None


# What `am start` says of an activity that it does not start, whatever its exit code is.
_NOT_STARTED = re.compile(r"\bError\b|Exception\b|Permission Denial", re.IGNORECASE)


def why_not_started(output: str) -> str | None:
    """`am start`: the line with the reason, None if it has started the activity."""
    lines = [line.strip() for line in output.splitlines() if _NOT_STARTED.search(line)]
    # "Exception occurred while executing" says less than the exception that follows it.
    telling = [line for line in lines if "occurred while" not in line]
    return (telling or lines or [None])[0]


def is_installed(output: str) -> bool:
    """`pm install`: a line of its own; reasons for a failure may have the word in them."""
    return any(line.strip() == "Success" for line in output.splitlines())


def rails_mj(text: str) -> dict[str, float]:
    """The energy meter of a Pixel's power HAL: what each rail has used, in mJ (its mWs)."""
    _, _, meter = text.partition("energy meter ==")
    rows = re.findall(r"^\s+(\[\S+\]:\S+)\s+([\d.]+) mWs", meter, re.MULTILINE)
    read = {rail: plausible.number(used) for rail, used in rows}
    return {rail: used for rail, used in read.items() if used is not None}


def free_bytes(text: str) -> int | None:
    """`df -k FILE`: a long name wraps the line, and some have no name at all.

    Anchored at the share that is used, which nothing else has.
    """
    rows = re.findall(r"(?<!\S)\d{1,15}\s+\d{1,15}\s+(\d{1,15})\s+(?:\d{1,3}%|-)(?!\S)", text)
    return int(rows[-1]) * 1024 if rows else None


def part_sizes(text: str, prefix: str) -> dict[int, int]:
    """`ls -l FOLDER`: how long the files are whose name is a prefix and a number."""
    date = r"(?:\d{4}-\d\d-\d\d|[A-Z][a-z]{2} +\d{1,2})"
    row = rf"^\S+.*?\s(\d{{1,15}})\s+{date}\s.*?\s{re.escape(prefix)}(\d{{1,9}})\r?$"
    return {int(part): int(size) for size, part in re.findall(row, text, re.MULTILINE)}


def sha256(text: str) -> str:
    """`sha256sum FILE`: its first word, without the mark of a strange name."""
    return text.split()[0].lstrip("\\") if text.split() else ""


def ram_bytes(text: str) -> int:
    """`/proc/meminfo`; 0 if it does not say."""
    match = re.search(r"^MemTotal:\s+([0-9]{1,15}) kB", text, re.MULTILINE)
    return int(match[1]) * 1024 if match else 0


def cores(text: str) -> int | None:
    """`/sys/devices/system/cpu/present`: ranges such as `0-8` or `0-3,6`."""
    text = text.strip()
    if not re.fullmatch(r"[0-9]{1,4}(-[0-9]{1,4})?(,[0-9]{1,4}(-[0-9]{1,4})?)*", text):
        return None
    ends = [part.split("-") for part in text.split(",")]
    count = sum(int(end[-1]) - int(end[0]) + 1 for end in ends)
    return count if count > 0 else None


def online_cores(text: str) -> int | None:
    """`/proc/stat`, whose lines are those of the processors that are awake."""
    return len(re.findall(r"^cpu[0-9]+ ", text, re.MULTILINE)) or None


def busy_ticks(text: str) -> int | None:
    """`/proc/stat`: what all cores together were busy, interrupts included."""
    first = re.fullmatch(r"cpu((?:\s+[0-9]{1,18}){4,20})\s*", text.partition("\n")[0])
    if first is None:
        return None
    user, nice, system, _idle, *others = map(int, first[1].split())
    return user + nice + system + sum(others[1:4])
