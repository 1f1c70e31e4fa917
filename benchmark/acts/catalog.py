"""`irrvit-bench list`: what can be named: kinds of devices with their own options, and suites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.console import RenderableType

from irrvit.benchmark import kinds
from irrvit.benchmark.acts import suite
from irrvit.benchmark.acts.options import NoOptions
from irrvit.benchmark.acts.suite import Suite
from irrvit.benchmark.errors import ExitCode
from irrvit.model.progress import Notify


@dataclass(frozen=True)
class CatalogResult:
    """All names that `--device` and `--suite` know."""

    kinds: list[str]
    suites: list[Suite]
    problems: Mapping[str, str] = field(default_factory=dict)
    exit_code: ExitCode = ExitCode.PASSED


def run(options: NoOptions, notify: Notify) -> CatalogResult:
    """Look; no device is asked for anything."""
    return CatalogResult(kinds.names(), [suite.get(name) for name in suite.names()])


def to_table(result: CatalogResult) -> RenderableType:
    """The kinds in a line, and a suite with its networks below it."""
    lines = ["devices: " + ", ".join(result.kinds)]
    for one in result.suites:
        lines += [f"{one.name}: {one.about}", *(f"  {model}" for model in one.models)]
    return "\n".join(lines)


def to_json(result: CatalogResult) -> dict[str, Any]:
    """The same."""
    return {"devices": result.kinds, "suites": [asdict(one) for one in result.suites]}
