"""What a worker answers -> records. Another program wrote it, on a device that may be broken: it is
read by type, and what is missing or cannot be true raises CommandFailed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from irrvit.benchmark import plausible
from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.errors import CommandFailed, one_line
from irrvit.benchmark.measurement import Placement

Answer = Mapping[str, Any]

_LEAST_MS, _MOST_MS = plausible.OF_CALL_MS
# All that is divided by, summed up or squared: of what has no limits, some overflow.
_Ms = Annotated[float, Field(ge=-_MOST_MS, le=_MOST_MS)]
_Ns = Annotated[float, Field(ge=-1e6 * _MOST_MS, le=1e6 * _MOST_MS)]
_Bytes = Annotated[int, Field(ge=0, le=plausible.MOST_BYTES)]
_Count = Annotated[int, Field(ge=0, le=1_000_000)]


class _Said(BaseModel):
    """A newer worker may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Record = TypeVar("Record", bound=_Said)


class _Loaded(_Said):
    load_ms: _Ms
    version: str
    placement: dict[str, Any]
    accelerator: str | None = None
    idle_memory_bytes: _Bytes | None = None


class _Placed(_Said):
    """Words and counts of a placement, however long they are said."""

    accelerator: str
    threads: _Count | None = None
    nodes_total: _Count | None = None
    nodes_delegated: _Count | None = None
    partitions: _Count | None = None
    nodes_on: dict[str, _Count] | None = None


class _Timed(_Said):
    ns: tuple[_Ns, ...]
    wall_ns: Annotated[_Ns, Field(gt=0)]
    cpu_ns: Annotated[_Ns, Field(ge=0)] | None = None
    calls_per_value: Annotated[_Count, Field(gt=0)] = 1


class _Logits(_Said):
    logits: tuple[float | None, ...]


class _Memory(_Said):
    bytes: _Bytes | None


class Stored(_Said):
    """What lies on the device under a name, and how much of it has come."""

    sha256: str | None
    bytes: NonNegativeInt = 0


class _Events(_Said):
    events: list[dict[str, Any]]


class _Operations(_Said):
    operations: list[dict[str, Any]]


def read(record: type[Record], answer: Answer, do: str) -> Record:
    """An answer to the command `do`; raises CommandFailed."""
    try:
        return record.model_validate(dict(answer))
    except ValidationError as error:
        raise _no_answer(do, error) from error


def _no_answer(do: str, error: ValidationError) -> CommandFailed:
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"][:2]))
    got = "" if first["type"] == "missing" else f", got {one_line(repr(first['input']))[:60]}"
    return CommandFailed(
        f"its process answered '{do}' with what is no answer ({where}: {first['msg']}{got}): is it "
        "of this version?"
    )


def to_load_info(answer: Answer, *, accelerator: str | None) -> LoadInfo:
    """What is answered to `load`.

    Args:
        accelerator: the one that runs it, unless the answer says so.
    """
    said = read(_Loaded, answer, "load")
    placed = {"accelerator": said.accelerator or accelerator} | said.placement
    placement = _to_placement(placed)
    return LoadInfo(
        load_ms=max(0.0, said.load_ms),
        runtime_version=one_line(said.version),
        placement=placement,
        idle_memory_bytes=said.idle_memory_bytes,
    )


def _to_placement(said: Answer) -> Placement:
    """Of one line each, since they are shown; counts that contradict each other are unknown."""
    placed = read(_Placed, said, "load")
    unknown: dict[str, None] = {}
    if placed.nodes_total is not None and (placed.nodes_delegated or 0) > placed.nodes_total:
        unknown = dict.fromkeys(("nodes_total", "nodes_delegated", "partitions"))
    nodes_on = placed.nodes_on and {one_line(name): n for name, n in placed.nodes_on.items()}
    words = {"accelerator": one_line(placed.accelerator), "nodes_on": nodes_on}
    return Placement.model_validate(placed.model_dump() | words | unknown)


def to_timed_block(answer: Answer, *, busy_ms: float | None) -> TimedBlock:
    """What is answered to `time`.

    Args:
        busy_ms: core time that everyone took on the device meanwhile, the worker included.
    """
    said = read(_Timed, answer, "time")
    if not said.ns or min(said.ns) < 0 or np.median(said.ns) < 1e6 * _LEAST_MS:
        took = f"{np.median(said.ns):g} ns" if said.ns else "no time"
        raise CommandFailed(
            f"its clock says that a call took {took} ({len(said.ns)} values): it is too coarse for "
            "this file, or it does not go"
        )
    own_ms = None if said.cpu_ns is None else said.cpu_ns / 1e6
    return TimedBlock(
        latencies_ms=tuple(ns / 1e6 for ns in said.ns),
        own_cpu_ms=own_ms,
        wall_ms=said.wall_ns / 1e6,
        background_ms=None if busy_ms is None or own_ms is None else busy_ms - own_ms,
        calls_per_value=said.calls_per_value,
    )


def to_logits(answer: Answer) -> np.ndarray:
    """What is answered to `logits`; JSON has no NaN, and some write null for it."""
    said = read(_Logits, answer, "logits").logits
    return np.array([math.nan if value is None else value for value in said], np.float64)


def to_memory_bytes(answer: Answer) -> int | None:
    """What is answered to `memory`; nobody needs none."""
    return read(_Memory, answer, "memory").bytes or None


def to_events(answer: Answer) -> list[dict[str, Any]]:
    """What is answered to `profile`."""
    return read(_Events, answer, "profile").events


def to_operations(answer: Answer) -> list[dict[str, Any]]:
    """What is answered to `plan`."""
    return read(_Operations, answer, "plan").operations
