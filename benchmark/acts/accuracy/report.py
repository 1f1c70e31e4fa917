"""What files decided on labelled pictures, for people and for machines."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from irrvit.benchmark.acts.accuracy.session import Decided, Outcome

_HEADINGS = ("network", "by", "right", "PyTorch", "as PyTorch", "as this machine", "max rel")


def to_json(outcome: Outcome) -> dict[str, Any]:
    """The result as one JSON object."""
    return {
        "decisions": [_json_row(decided) for decided in outcome.decided],
        "errors": [{"name": name, "message": text} for name, text in outcome.problems.items()],
    }


def _json_row(decided: Decided) -> dict[str, Any]:
    subject = decided.subject
    return {
        "artifact_sha256": subject.sha256,
        "variant": subject.name,
        "target": subject.target,
        "precision": subject.precision,
        "runtime": subject.runtime,
        "device": decided.device.model_dump(),
        "accuracy": decided.accuracy.model_dump(),
        "host_parity": decided.host_parity.model_dump(),
    }


def to_table(outcome: Outcome) -> RenderableType:
    """A row for each file: right by the labels, and deciding as PyTorch and as this machine."""
    if not outcome.decided:
        return Group()
    first = outcome.decided[0]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for i, heading in enumerate(_HEADINGS):
        table.add_column(heading, justify="left" if i < 2 else "right", no_wrap=i > 0)
    for decided in outcome.decided:
        table.add_row(*_cells(decided))
    pictures = f"{first.accuracy.pictures:,} pictures of {first.accuracy.data}"
    title = Text(f"{first.device.name}: {pictures}", no_wrap=True, overflow="ellipsis")
    return Group(title, table)


def _cells(decided: Decided) -> tuple[str, ...]:
    accuracy, parity = decided.accuracy, decided.host_parity
    shares = (
        accuracy.right,
        accuracy.reference_right,
        accuracy.same_decisions,
        parity.same_decisions,
    )
    return (
        f"{decided.subject.name} {decided.subject.precision}",
        decided.subject.runtime.removesuffix("runtime"),
        *(f"{share / accuracy.pictures:.2%}" for share in shares),
        "-" if parity.max_rel is None else f"{parity.max_rel:.1e}",
    )
