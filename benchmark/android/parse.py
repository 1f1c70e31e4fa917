"""What phones print -> records; pure.

The formats are those of Android's services (`dumpsys`), of the Pixel's power HAL
(hardware/google/pixel/powerstats), of Linux's and toybox's tools, and of the `benchmark_model` of
TensorFlow Lite and LiteRT.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATUS = ("none", "light", "moderate", "severe", "critical", "emergency", "shutdown")
_SKIN = 3
_POWERED_BY = ("AC", "USB", "Wireless", "Dock")


@dataclass(frozen=True)
class Battery:
    percent: float | None
    temperature_c: float | None
    is_charging: bool | None
    is_powered: bool


@dataclass(frozen=True)
class Thermal:
    """`status` in Android's words; None where the phone does not say."""

    status: str | None
    skin_c: float | None


def properties(text: str) -> dict[str, str]:
    """`getprop`."""
    return dict(re.findall(r"^\[(.*?)\]: \[(.*?)\]$", text, re.MULTILINE))


def battery(text: str) -> Battery:
    """`dumpsys battery`; its temperature is in tenths of a degree."""
    fields = dict(re.findall(r"^\s*([\w ]+): (\S+)$", text, re.MULTILINE))
    level, scale = fields.get("level"), fields.get("scale", "100")
    tenths, status = fields.get("temperature"), fields.get("status")
    return Battery(
        percent=100 * int(level) / int(scale) if level else None,
        temperature_c=int(tenths) / 10 if tenths else None,
        is_charging=status == "2" if status else None,
        is_powered=any(fields.get(f"{how} powered") == "true" for how in _POWERED_BY),
    )


def thermal(text: str) -> Thermal:
    """`dumpsys thermalservice`: what the sensors say now, not what was cached."""
    status = re.search(r"^Thermal Status: (\d+)", text, re.MULTILINE)
    _, _, now = text.partition("Current temperatures from HAL:")
    readings = re.findall(r"Temperature\{mValue=([-\d.]+), mType=(\d+),", now)
    skin = [float(value) for value, kind in readings if int(kind) == _SKIN]
    return Thermal(
        status=_STATUS[min(int(status[1]), len(_STATUS) - 1)] if status else None,
        skin_c=max(skin, default=None),
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


def rails_mj(text: str) -> dict[str, float]:
    """The energy meter of a Pixel's power HAL: what each rail has used, in mJ (its mWs)."""
    _, _, meter = text.partition("energy meter ==")
    rows = re.findall(r"^\s+(\[\S+\]:\S+)\s+([\d.]+) mWs", meter, re.MULTILINE)
    return {rail: float(used) for rail, used in rows}


def free_bytes(text: str) -> int:
    """`df -k FILE`: the fourth column of its last line."""
    return int(text.strip().splitlines()[-1].split()[3]) * 1024


def sha256(text: str) -> str:
    """`sha256sum FILE`: its first word, without the mark of a strange name."""
    return text.split()[0].lstrip("\\") if text.split() else ""


def ram_bytes(text: str) -> int:
    """`/proc/meminfo`."""
    match = re.search(r"^MemTotal:\s+(\d+) kB", text, re.MULTILINE)
    return int(match[1]) * 1024 if match else 0


def cores(text: str) -> int:
    """`/sys/devices/system/cpu/present`: ranges such as `0-8` or `0-3,6`."""
    ends = [part.split("-") for part in text.split(",")]
    return sum(int(end[-1]) - int(end[0]) + 1 for end in ends)


def busy_ticks(text: str) -> int:
    """`/proc/stat`: what all cores together were busy, interrupts included."""
    user, nice, system, _idle, _wait, *others = map(int, text.split("\n")[0].split()[1:])
    return user + nice + system + sum(others[:3])


@dataclass(frozen=True)
class ToolRun:
    """What one run of `benchmark_model` printed.

    Attributes:
        peak_memory_bytes: only where it was asked to watch.
        nodes_delegated: by the delegate of `accelerator`.
    """

    calls: int
    mean_ms: float
    init_ms: float
    peak_memory_bytes: int | None
    accelerator: str
    nodes_total: int | None
    nodes_delegated: int | None
    partitions: int | None


@dataclass(frozen=True)
class ToolOp:
    """An operation of its profile, mean over its calls."""

    kind: str
    mean_ms: float


def tool_run(text: str) -> ToolRun | None:
    """The output of `benchmark_model`; None if it has no result.

    It prints statistics twice, of its warmup and then of its run. One call has no spread.
    """
    counts = re.findall(r"count=(\d+) (.*)", text)
    summary = re.search(r"Init: ([\d.e+]+), First inference:", text)
    if not counts or summary is None:
        return None
    us = {name: float(value) for name, value in re.findall(r"(\w+)=([\d.e+]+)", counts[-1][1])}
    peak = re.search(r"peak memory footprint \(MB\) via periodic monitoring: ([\d.]+)", text)
    accelerator = "gpu" if re.search(_ON_GPU, text) else "cpu"
    total, delegated, partitions = _delegated(text, accelerator)
    return ToolRun(
        calls=int(counts[-1][0]),
        mean_ms=us.get("avg", us["curr"]) / 1000,
        init_ms=float(summary[1]) / 1000,
        peak_memory_bytes=round(float(peak[1]) * 2**20) if peak else None,
        accelerator=accelerator,
        nodes_total=total,
        nodes_delegated=delegated,
        partitions=partitions,
    )


_ON_GPU = r"applied GPU delegate, and the model graph will be (completely|partially) executed"
_DELEGATES = {"gpu": ("Gpu", "LITERT_CL"), "cpu": ("XNNPack",)}


def _delegated(text: str, accelerator: str) -> tuple[int | None, int | None, int | None]:
    """Nodes in all, those of the delegate, and its partitions; not every version says."""
    rows = re.findall(
        r"Replacing (\d+) out of (\d+) node\(s\) with delegate \((\w+)\).*yielding (\d+) part", text
    )
    ours = [row for row in rows if any(name in row[2] for name in _DELEGATES[accelerator])]
    if not ours:
        return None, None, None
    return int(rows[0][1]), sum(int(row[0]) for row in ours), sum(int(row[3]) for row in ours)


def tool_profile(text: str) -> list[ToolOp]:
    """The table of `--enable_op_profiling=true` that has the operations in the order of the run."""
    _, _, of_calls = text.partition("Operator-wise Profiling Info for Regular Benchmark Runs")
    _, _, table = of_calls.partition(" Run Order ")
    rows = []
    for line in table.partition("\n")[2].partition("=====")[0].splitlines():
        match = re.match(_OPERATION, line)
        if match:
            rows.append(ToolOp(match[1], float(match[2])))
    return rows


# Type; start (older versions), first and mean time; share, running share; memory; calls; name.
_OPERATION = re.compile(
    r"\s*(\S.*?)\s+(?:[\d.]+\s+){1,2}([\d.]+)\s+[\d.]+%\s+[\d.]+%\s+[\d.]+\s+\d+\s+\S"
)
