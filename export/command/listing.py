"""`irrvit-export list`: the networks that have a name, and what each target needs and gives."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from irrvit.export import target
from irrvit.export.errors import MissingExtra
from irrvit.export.facts import Facts
from irrvit.model import sources

_WIDTH, _INDENT = 80, 2


def lines() -> Iterator[str]:
    """The whole list in 80 columns; imports neither torch nor a converter."""
    yield "models"
    yield from (f"  {name}" for name in [*sources.names(), "timm:NAME[.WEIGHTS]", "FILE.pt2"])
    names = target.names()
    width = max(map(len, names)) + 2
    yield "targets"
    for name in names:
        title = name
        for sentence in _sentences(name, target.facts(name)):
            for line in wrap(sentence, _WIDTH - _INDENT - width):
                yield f"  {title:<{width}}{line}"
                title = ""


def _sentences(name: str, facts: Facts) -> Iterator[str]:
    yield f"{facts.description}, for {', '.join(facts.platforms)}"
    if facts.phones:
        yield f"read by {facts.phones}"
    default = facts.default_precision
    others = [precision for precision in facts.precisions if precision is not default]
    yield ", ".join([f"{default} (default)", *others])
    cannot_write, cannot_run = target.missing(facts.written_by), target.missing(facts.run_by)
    able = [] if cannot_write else [f"written by {facts.written_by[0]}"]
    able += [] if cannot_run else [f"run by {facts.runner}"]
    if able:
        yield f"here {', '.join(able)}"
    if absent := [*cannot_write, *cannot_run]:
        yield str(MissingExtra(name, absent[0]))
