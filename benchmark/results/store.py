"""Measurements on disk: JSON lines, only ever appended, each on the disk before it is shown."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from irrvit.benchmark.errors import BadStore
from irrvit.benchmark.measurement import SCHEMA, Measurement


@dataclass(frozen=True)
class StoreContent:
    """What a store has; `damaged` names each line that cannot be read."""

    measurements: list[Measurement]
    damaged: list[str]


def append(path: Path, measurement: Measurement) -> None:
    """Write one line and see it onto the disk.

    A line that an earlier crash left unfinished is closed first, so that it damages no other.

    Raises:
        BadStore: the disk is full, or the file cannot be written to.
    """
    line = measurement.model_dump_json().encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab+") as file:
            if file.tell() and not _ends_whole(file):
                line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise BadStore(
            f"cannot write to the store {path}: {error.strerror or error}; "
            "make room or rights, or choose another file with --store"
        ) from error


def _ends_whole(file: BinaryIO) -> bool:
    file.seek(-1, os.SEEK_END)
    return file.read() == b"\n"


def load(path: Path) -> StoreContent:
    """Read a store, or what `irrvit-bench --json` printed.

    Raises:
        BadStore: the file cannot be read.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BadStore(f"cannot read {path}: {error.strerror}") from error
    rows = _printed(text)
    named = rows if rows is not None else [(f"line {i}", s) for i, s in _lines(text)]
    measurements, damaged = [], []
    for name, row in named:
        try:
            measurements.append(_parse(row))
        except (ValidationError, BadStore) as error:
            damaged.append(f"{path}, {name}: {_why(error)}")
    return StoreContent(measurements, damaged)


def _lines(text: str) -> list[tuple[int, str]]:
    return [(i, line) for i, line in enumerate(text.split("\n"), 1) if line.strip()]


def _printed(text: str) -> list[tuple[str, str]] | None:
    """The measurements within one JSON object of `--json`, or None if this is something else."""
    try:
        printed = json.loads(text)
    except json.JSONDecodeError:
        return None
    if not isinstance(printed, dict) or not isinstance(printed.get("measurements"), list):
        return None
    measurements = [
        entry.get("measurement", entry) if isinstance(entry, dict) else entry
        for entry in printed["measurements"]
    ]
    return [(f"measurement {i}", json.dumps(entry)) for i, entry in enumerate(measurements, 1)]


def _parse(row: str) -> Measurement:
    measurement = Measurement.model_validate_json(row)
    if measurement.schema_version != SCHEMA:
        raise BadStore(f"schema {measurement.schema_version}, this version reads {SCHEMA}")
    return measurement


def _why(error: ValidationError | BadStore) -> str:
    if isinstance(error, BadStore):
        return str(error)
    first = error.errors()[0]
    if first["type"] == "json_invalid":
        return "not whole JSON; cut off by a crash?"
    return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
