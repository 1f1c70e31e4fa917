"""`irrvit-bench devices`: what can be measured on now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.options import NoOptions
from irrvit.benchmark.device import SeenDevice
from irrvit.benchmark.errors import ExitCode
from irrvit.model.progress import Notify

_COLUMNS = (("kind", 14), ("", 9), ("device", 14), ("SoC", 13), ("system", 10))


@dataclass(frozen=True)
class DevicesResult:
    """Every device of every kind; what keeps one from being used is no problem of this act."""

    seen: list[SeenDevice]
    problems: Mapping[str, str] = field(default_factory=dict)
    exit_code: ExitCode = ExitCode.PASSED


def run(options: NoOptions, notify: Notify) -> DevicesResult:
    """Ask every kind."""
    return DevicesResult(kinds.seen())


def to_table(result: DevicesResult) -> RenderableType:
    """A row for each device that is attached; what keeps it from being used is below it."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_edge=False)
    for heading, width in _COLUMNS:
        table.add_column(heading, overflow="fold", min_width=width, max_width=max(width, 11))
    table.add_column("ABI", min_width=9)
    for device in result.seen:
        state = Text("ready", style="green")
        if not device.is_ready:
            state = Text("not ready", style="yellow")
        table.add_row(device.kind, state, device.name, device.soc, device.os, device.abi)
    unready = [device for device in result.seen if not device.is_ready]
    return Group(table, *(Text(f"  {d.kind}: {d.state}", style="yellow") for d in unready))


def to_json(result: DevicesResult) -> dict[str, Any]:
    """The same rows."""
    return {"devices": [asdict(device) for device in result.seen]}
