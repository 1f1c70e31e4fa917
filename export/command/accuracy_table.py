"""What files made of labelled pictures, for people: a table for each set of pictures."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from irrvit.export.artifact import Artifact
from irrvit.export.manifest import Accuracy, Manifest

_HEADINGS = ("file", "right", "95 % interval", "PyTorch", "decided as PyTorch")
_Tried = tuple[Accuracy, Manifest]


def to_tables(artifacts: Sequence[Artifact]) -> list[RenderableType]:
    """A table of 80 columns for each set of pictures, with a row for each file."""
    tried = [(known, a.manifest) for a in artifacts for known in a.manifest.accuracy]
    return [_table(list(rows)) for _, rows in groupby(sorted(tried, key=_which_set), _which_set)]


def _which_set(tried: _Tried) -> tuple[str, str, str]:
    known, _ = tried
    return known.data, known.data_sha256, known.naming


def _table(rows: list[_Tried]) -> RenderableType:
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in _HEADINGS:
        table.add_column(heading, justify="left" if heading == "file" else "right")
    for known, manifest in rows:
        table.add_row(
            f"{manifest.target} {manifest.precision}",
            f"{known.right / known.pictures:.2%}",
            f"{known.low:.2%} to {known.high:.2%}",
            f"{known.reference_right / known.pictures:.2%}",
            f"{known.same_decisions:,} of {known.pictures:,}",
        )
    first, _ = rows[0]
    title = Text(f"{first.pictures:,} pictures of {first.data}, their classes {first.naming}")
    return Group(title, table)
