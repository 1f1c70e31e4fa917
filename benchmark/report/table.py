"""What a run came to, for people (a table of 80 columns) and for machines (JSON)."""

from __future__ import annotations

import math
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from irrvit.benchmark.measurement import Measurement
from irrvit.benchmark.results.baseline import Gate
from irrvit.benchmark.results.rows import MeasureResult, TimedRow, UntimedRow
from irrvit.benchmark.results.stats import Comparison

_HEADINGS = ("network", "by", "p50 ms", "95 %", "p90 ms", "GMAC/s", "peak", "MB", "")
_ANSWER_HEADINGS = ("network", "by", "golden cases", "max rel", "same class", "")
_LEFT = ("network", "by", "")


def to_json(result: MeasureResult) -> dict[str, Any]:
    """The result as one JSON object; `measurement` has every latency and can be read back."""
    return {
        "measurements": [
            *map(_json_row, result.rows),
            *map(_json_answers, result.untimed),
        ],
        "baseline": [
            {
                "name": gated.name,
                "gate": str(gated.gate),
                "detail": gated.detail,
                "comparison": _json_comparison(gated.comparison),
            }
            for gated in result.gated
        ],
        "errors": [{"name": name, "message": text} for name, text in result.problems.items()],
        "interrupted": result.interrupted,
    }


def _json_row(row: TimedRow) -> dict[str, Any]:
    return {
        "measurement": row.measurement.model_dump(mode="json"),
        "summary": row.summary.model_dump(),
        "gmacs": row.gmacs,
        "share_of_peak": row.share_of_peak,
        "valid": row.is_valid,
        "issues": [issue.model_dump() for issue in row.issues],
        "against_first": _json_comparison(row.against_first),
    }


def _json_answers(answers: UntimedRow) -> dict[str, Any]:
    return {
        "measurement": answers.measurement.model_dump(mode="json"),
        "valid": answers.is_valid,
        "issues": [issue.model_dump() for issue in answers.issues],
    }


def _json_comparison(compared: Comparison | None) -> dict[str, Any] | None:
    """JSON has no infinity: an interval that is everything has null for its upper end."""
    if compared is None:
        return None
    high = compared.high if math.isfinite(compared.high) else None
    return {
        "ratio": compared.ratio,
        "low": compared.low,
        "high": high,
        "verdict": str(compared.verdict),
    }


def to_table(result: MeasureResult) -> RenderableType:
    """A row for each file, and below it comparisons, and what is to be said against a number."""
    measured = [row.measurement for row in (*result.rows, *result.untimed)]
    devices = list(dict.fromkeys(map(_device, measured)))
    parts: list[RenderableType] = []
    for device in devices:
        parts += [Text("")] if parts else []
        of_device = MeasureResult(
            [row for row in result.rows if _device(row.measurement) == device],
            {},
            untimed=[row for row in result.untimed if _device(row.measurement) == device],
        )
        parts += [_timed(device, of_device.rows)] if of_device.rows else []
        parts += [_answers(device, of_device.untimed)] if of_device.untimed else []
        parts += [*_comparisons(of_device.rows), *_remarks(of_device)]
    return Group(*parts, *_gates(result))


def _device(measurement: Measurement) -> str:
    """What it is called to people; of a lab, with its host."""
    name, host = measurement.device.name, measurement.host
    return name if host is None else f"{name} at {host}"


def _timed(device: str, rows: list[TimedRow]) -> RenderableType:
    first = rows[0].measurement
    table = _table(_HEADINGS)
    for row in rows:
        table.add_row(*_cells(row))
    threads, repeats = first.config.threads, len(first.repeats)
    title = Text(
        f"{device}, {threads} thread{'s' if threads > 1 else ''}, "
        f"{repeats} repeat{'s' if repeats > 1 else ''}",
        no_wrap=True,
        overflow="ellipsis",
    )
    return Group(title, table)


def _answers(device: str, answers: list[UntimedRow]) -> RenderableType:
    """No milliseconds: an emulator's would be taken for the device's."""
    table = _table(_ANSWER_HEADINGS)
    for one in answers:
        table.add_row(*_answer_cells(one))
    title = Text(f"{device}: answers, beside this machine's", no_wrap=True, overflow="ellipsis")
    return Group(title, table)


def _table(headings: tuple[str, ...]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in headings:
        # Only a long name may take two lines.
        justify = "left" if heading in _LEFT else "right"
        table.add_column(heading, justify=justify, no_wrap=heading != "network", overflow="fold")
    return table


def _answer_cells(answers: UntimedRow) -> tuple[str | Text, ...]:
    measurement = answers.measurement
    golden, parity = measurement.golden, measurement.host_parity
    difference = "-" if parity is None or parity.max_rel is None else f"{parity.max_rel:.1e}"
    same = "-" if parity is None else f"{parity.same_decisions} of {parity.pictures}"
    return (
        f"{measurement.variant} {measurement.precision}",
        measurement.config.runtime.removesuffix("runtime"),
        f"{golden.cases - len(golden.failures)} of {golden.cases}",
        difference,
        same,
        Text("right", style="green") if answers.is_valid else Text("WRONG", style="red"),
    )


def _cells(row: TimedRow) -> tuple[str | Text, ...]:
    measurement, summary = row.measurement, row.summary
    share, memory = row.share_of_peak, measurement.peak_memory_bytes
    wrong = any(issue.code == "wrong-output" for issue in row.issues)
    verdict = Text("valid", style="green")
    if not row.is_valid:
        verdict = Text("WRONG" if wrong else "invalid", style="red")
    return (
        f"{measurement.variant} {measurement.precision}",
        measurement.config.runtime.removesuffix("runtime"),
        f"{summary.p50_ms:.2f}",
        f"±{(summary.high_ms - summary.low_ms) / 2 / summary.p50_ms:.1%}",
        f"{summary.p90_ms:.2f}",
        f"{row.gmacs:.1f}",
        "-" if share is None else f"{share:.0%}",
        "-" if memory is None else f"{memory / 1e6:.0f}",
        verdict,
    )


def _comparisons(rows: list[TimedRow]) -> list[Text]:
    lines = []
    for row in rows:
        compared = row.against_first
        if compared is None:
            continue
        name = f"{row.measurement.variant} by {row.measurement.config.runtime}"
        lines.append(
            Text(
                f"  {name}: {compared.ratio:.3f} x the time of the first "
                f"({compared.low:.3f} to {compared.high:.3f}): {_told(row, compared)}; "
                f"{row.speed_against_first:.3f} x its MACs per ms"
            )
        )
    return lines


def _told(row: TimedRow, compared: Comparison) -> str:
    both = row.is_valid and row.first is not None and row.first.is_valid
    return compared.in_words if both else "cannot tell, for one of the two is invalid"


def _energy(row: TimedRow) -> list[Text]:
    cost = row.measurement.energy
    if cost is None:
        return []
    text = cost.source
    if cost.mj_per_call is not None:
        text = f"{cost.mj_per_call:.2f} mJ a call, +-{cost.uncertainty_mj:.2f}, by {cost.source}"
    return [Text(f"  {row.measurement.variant}: energy: {text}")]


def _remarks(result: MeasureResult) -> list[Text]:
    lines = [line for row in result.rows for line in _energy(row)]
    lines += [
        Text(
            f"  {row.measurement.variant} by {row.measurement.config.runtime}: "
            f"{issue.code}: {issue.detail}",
            style="red" if issue.blocking else "yellow",
        )
        for row in (*result.rows, *result.untimed)
        for issue in row.issues
    ]
    return lines


def _gates(result: MeasureResult) -> list[Text]:
    return [
        Text(
            f"  baseline: {gated.name}: {gated.gate}: {gated.detail}",
            style="green" if gated.gate is Gate.PASSED else "red",
        )
        for gated in result.gated
    ]
