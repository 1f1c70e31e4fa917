"""Where the time of a call goes, for people (a table of 80 columns) and for machines (JSON)."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from irrvit.benchmark.profiling.records import Profile, ProfileResult, ProfileRow

_BAR = 24
_NOTE = (
    "other: operators that no module can be told of, what passes between operators, and what is "
    "rounded off, since the profilers count whole microseconds."
)


def to_json(result: ProfileResult) -> dict[str, Any]:
    """The result as one JSON object; `profiles` can be read back."""
    return {
        "profiles": [profile.model_dump(mode="json") for profile in result.profiles],
        "errors": [{"name": name, "message": text} for name, text in result.problems.items()],
    }


def to_table(result: ProfileResult) -> RenderableType:
    """A table for each file: a row for each module, and how far the sum is from the p50."""
    is_measured = any(profile.estimated_by is None for profile in result.profiles)
    notes = [Text(_NOTE, style="dim")] if is_measured else []
    return Group(*map(_table, result.profiles), *notes)


def _table(profile: Profile) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("module", overflow="fold")
    for heading in ("operations", "ms", "share"):
        table.add_column(heading, justify="right", no_wrap=True)
    is_placed = any(row.nodes_on for row in profile.rows)
    if is_placed:
        table.add_column("on", no_wrap=True)
    bar = _BAR // 2 if is_placed else _BAR
    table.add_column("", no_wrap=True, width=bar)
    longest = max(row.ms for row in profile.rows)
    for row in profile.rows:
        where = (_where(row),) if is_placed else ()
        drawn = Text("█" * round(bar * row.ms / longest))
        table.add_row(*_cells(row, profile.total_ms), *where, drawn)
    return Group(Text(title(profile)), table, Padding(Text(against_p50(profile)), (0, 0, 1, 0)))


def _cells(row: ProfileRow, total_ms: float) -> tuple[str, ...]:
    return row.module, str(row.operations), f"{row.ms:.3f}", f"{row.ms / total_ms:.1%}"


def _where(row: ProfileRow) -> str:
    nodes = sorted((row.nodes_on or {}).items(), key=lambda one: (-one[1], one[0]))
    return ", ".join(f"{count} {name}" for name, count in nodes)


def title(profile: Profile) -> str:
    """Which file, run by what."""
    threads = f"{profile.threads} thread{'s' if profile.threads > 1 else ''}"
    return f"{profile.variant} {profile.precision}, {profile.runtime_version}, {threads}"


def against_p50(profile: Profile) -> str:
    """The profile's total held against what a call takes without the profiler."""
    if profile.estimated_by is not None:
        return (
            f"estimated by {profile.estimated_by}, not measured: its shares of the p50 of "
            f"{profile.p50_ms:.3f} ms"
        )
    change = profile.total_ms / profile.p50_ms - 1
    return (
        f"{profile.total_ms:.3f} ms in all: {change:+.1%} from the p50 of {profile.p50_ms:.3f} ms "
        "without the profiler"
    )
