"""What a page says, read as data: what is not plausible is unknown, or no answer."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np

from irrvit.benchmark import plausible
from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, Placement

KIND = "remote-browser"
UNKNOWN = "unknown"
_ACCELERATORS = ("cpu", "gpu", "partly gpu", "software gpu")
_MOST_CORES, _MOST_RAM_BYTES = 1024, 1 << 40
_NAME_CHARACTERS, _SENTENCE_CHARACTERS = 120, 300
_IDENTITY = re.compile(r"[0-9a-f]{32}")
# A page's clock and this machine's differ by less; more, and the page stood still meanwhile.
_CLOCK_SHARE, _CLOCK_MS = 1.05, 50.0


def parse(content: bytes) -> dict[str, Any] | None:
    """An object of JSON, as browsers write it; None if it is anything else."""
    try:
        said = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def text(value: object, limit: int = _NAME_CHARACTERS) -> str:
    """Words for people: one line, and nothing that a terminal or a table would obey."""
    if not isinstance(value, str):
        return UNKNOWN
    # A terminal obeys escapes, a table of ours square brackets.
    plain = "".join(c if c.isprintable() and c not in "[]{}\\" else " " for c in value[: 4 * limit])
    words = " ".join(plain.split())
    return words[:limit] or UNKNOWN


def sentence(value: object) -> str:
    """What went wrong, in the page's words."""
    return text(value, _SENTENCE_CHARACTERS)


def number(value: object, least: float, most: float) -> float | None:
    """A number within these limits, or None: neither NaN nor a truth value is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # An integer of JSON may be longer than any float.
    return float(value) if least <= value <= most else None


def whole(value: object, least: int, most: int) -> int | None:
    """The same of whole numbers."""
    found = number(value, least, most)
    return int(found) if found is not None and found.is_integer() else None


def device_info(said: Mapping[str, Any]) -> DeviceInfo:
    """Who the phone is by its browser's word; what it does not say is unknown, or 0."""
    name, identity = text(said.get("name")), said.get("identity")
    is_known = isinstance(identity, str) and _IDENTITY.fullmatch(identity)
    own = f"{KIND} {identity if is_known else name}"
    return DeviceInfo(
        kind=KIND,
        name=name,
        soc=UNKNOWN,
        os=text(said.get("os")),
        ram_bytes=whole(said.get("ram_bytes"), 1, _MOST_RAM_BYTES) or 0,
        abi="wasm",
        cores=whole(said.get("cores"), 1, _MOST_CORES) or 0,
        emulated=False,
        id_hash=hashlib.sha256(own.encode()).hexdigest()[:16],
    )


def device_state(said: Mapping[str, Any]) -> DeviceState:
    """How it is now, by this machine's clock; few browsers know more than nothing."""
    percent, charging = said.get("battery_percent"), said.get("charging")
    return DeviceState(
        battery_percent=number(percent, 1, 100),  # One that is empty answers nobody.
        charging=charging if isinstance(charging, bool) else None,
        at_utc=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def load_info(said: Mapping[str, Any]) -> LoadInfo:
    """What it answers to `load`; raises CommandFailed."""
    accelerator, load_ms = said.get("accelerator"), number(said.get("load_ms"), 0, 1e9)
    if load_ms is None:
        raise _implausible("load_ms", said.get("load_ms"))
    return LoadInfo(
        load_ms=load_ms,
        runtime_version=text(said.get("version")),
        placement=Placement(
            accelerator=accelerator if accelerator in _ACCELERATORS else UNKNOWN,
            threads=whole(said.get("threads"), 1, _MOST_CORES),
        ),
        idle_memory_bytes=None,
    )


def timed_block(said: Mapping[str, Any], *, calls: int, passed_ms: float) -> TimedBlock:
    """What it answers to `time`.

    Args:
        passed_ms: what this machine's clock says that it took, with the way there and back.

    Raises:
        CommandFailed: these cannot be the latencies of so many calls.
    """
    per = whole(said.get("calls_per_value"), 1, calls)
    most_ms = _CLOCK_SHARE * passed_ms + _CLOCK_MS
    wall_ms = number(said.get("wall_ms"), 0, most_ms)
    values = said.get("latencies_ms")
    if per is None:
        raise _implausible("calls_per_value", said.get("calls_per_value"))
    if wall_ms is None:
        raise _implausible("wall_ms", said.get("wall_ms"), f"of {passed_ms:.0f} ms that passed")
    if not isinstance(values, list) or len(values) != math.ceil(calls / per):
        raise _implausible("latencies_ms", values, f"for {calls} calls")
    latencies = [number(value, 0, most_ms) for value in values]
    known = [ms for ms in latencies if ms is not None]
    if len(known) < len(values) or per * sum(known) > most_ms:
        raise _implausible("latencies_ms", values, f"of {passed_ms:.0f} ms that passed")
    if np.median(known) < plausible.OF_CALL_MS[0]:
        raise CommandFailed(f"the page's clock does not see {calls} calls pass: it is too coarse")
    return TimedBlock(
        latencies_ms=tuple(known),
        own_cpu_ms=None,
        wall_ms=wall_ms,
        background_ms=None,
        calls_per_value=per,
    )


def logits(said: Mapping[str, Any]) -> np.ndarray:
    """What it answers to `logits`: float32 numbers, little-endian; raises CommandFailed."""
    encoded = said.get("base64")
    try:
        content = base64.b64decode(encoded if isinstance(encoded, str) else "?", validate=True)
        return np.frombuffer(content, "<f4").astype(np.float64)
    except (binascii.Error, ValueError) as error:
        raise _implausible("base64", encoded) from error


def _implausible(field: str, value: object, beside: str = "") -> CommandFailed:
    said = text(json.dumps(value)[:60])
    return CommandFailed(
        f"the page answered with what cannot be: {field} is {said}" + (beside and f" {beside}")
    )
