"""How far our figures are from other tools', as a table and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table

from irrvit.benchmark.acts.crosscheck.session import MAX_DIFFERENCE, Agreement, Agreements

_HEADINGS = ("network", "other tool", "ours ms", "theirs ms", "ratio", "from", "to", "")


def to_json(result: Agreements) -> dict[str, Any]:
    """The result as one JSON object, with the medians of every round."""
    return {
        "agreements": [
            asdict(a) | {"ratio": a.ratio, "ratios": a.ratios, "agrees": a.agrees}
            for a in result.agreements
        ],
        "max_difference": MAX_DIFFERENCE,
        "errors": [{"name": name, "message": text} for name, text in result.problems.items()],
    }


def to_table(result: Agreements) -> RenderableType:
    """A row for each file: medians of the rounds, and the ratio's median and range."""
    if not result.agreements:
        return Group()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in _HEADINGS:
        justify = "left" if heading in ("network", "other tool", "") else "right"
        table.add_column(heading, justify=justify, overflow="fold")
    for agreement in result.agreements:
        table.add_row(*_cells(agreement))
    return table


def _cells(agreement: Agreement) -> tuple[str, ...]:
    return (
        f"{agreement.variant} {agreement.precision}",
        agreement.tool,
        f"{np.median(agreement.ours_ms):.2f}",
        f"{np.median(agreement.theirs_ms):.2f}",
        f"{agreement.ratio:.3f}",
        f"{min(agreement.ratios):.3f}",
        f"{max(agreement.ratios):.3f}",
        "[green]agrees[/]" if agreement.agrees else "[red]differs[/]",
    )
