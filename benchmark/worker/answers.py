"""What a worker answers -> records. Another program wrote it, on a device that may be broken: it is
read by type, and what is missing or cannot be true raises CommandFailed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar

import numpy as np
from pydantic import (
    BaseModel,
    ConfigDict,
    FiniteFloat,
    NonNegativeInt,
    PositiveInt,
    ValidationError,
)

from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.errors import CommandFailed, one_line
from irrvit.benchmark.measurement import Placement

Answer = Mapping[str, Any]


class _Said(BaseModel):
    """A newer worker may say more."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Record = TypeVar("Record", bound=_Said)


class _Loaded(_Said):
    load_ms: FiniteFloat
    version: str
    placement: dict[str, Any]
    accelerator: str | None = None
    idle_memory_bytes: NonNegativeInt | None = None


class _Timed(_Said):
    ns: tuple[FiniteFloat, ...]
    wall_ns: FiniteFloat
    cpu_ns: FiniteFloat | None = None
    calls_per_value: PositiveInt = 1


class _Logits(_Said):
    logits: tuple[float | None, ...]


class _Memory(_Said):
    bytes: NonNegativeInt | None


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
    try:
        placement = Placement.model_validate(placed)
    except ValidationError as error:
        raise _no_answer("load", error) from error
    return LoadInfo(
        load_ms=max(0.0, said.load_ms),
        runtime_version=one_line(said.version),
        placement=placement,
        idle_memory_bytes=said.idle_memory_bytes,
    )


def to_timed_block(answer: Answer, *, busy_ms: float | None) -> TimedBlock:
    """What is answered to `time`.

    Args:
        busy_ms: core time that everyone took on the device meanwhile, the worker included.
    """
    said = read(_Timed, answer, "time")
    if not said.ns or min(said.ns) < 0 or not float(np.median(said.ns)) > 0:
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
