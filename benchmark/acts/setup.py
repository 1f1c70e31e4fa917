"""`irrvit-bench setup`: what a kind of device needs before it can be used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rich.console import RenderableType

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.options import SetupOptions
from irrvit.benchmark.device import Installable, SetupProgress
from irrvit.benchmark.errors import BadOptions, ExitCode
from irrvit.model.progress import Notify


@dataclass(frozen=True)
class SetupResult:
    """Where it is now, in a sentence."""

    kind: str
    message: str
    problems: Mapping[str, str] = field(default_factory=dict)
    exit_code: ExitCode = ExitCode.PASSED


def run(options: SetupOptions, notify: Notify) -> SetupResult:
    """Install or build it, unless it is there.

    Raises:
        BadOptions: there is no such kind, or it needs nothing.
        SetupFailed: saying what is missing and what to do.
    """
    modules = {name: kinds.load(name) for name in kinds.names()}
    able = {name: module for name, module in modules.items() if isinstance(module, Installable)}
    if options.kind not in able:
        raise BadOptions(f"setup got '{options.kind}': expected one of {', '.join(able)}")
    message = able[options.kind].setup(_to_progress(options.kind, notify))
    return SetupResult(options.kind, message)


def _to_progress(kind: str, notify: Notify) -> SetupProgress:
    """Tell each stage, and every twentieth of the whole."""
    latest = ("", 0)

    def progress(stage: str, share: float) -> None:
        nonlocal latest
        if latest != (stage, int(20 * share)):
            latest = (stage, int(20 * share))
            notify(kind, f"{share:4.0%}  {stage}")

    return progress


def to_table(result: SetupResult) -> RenderableType:
    """The sentence."""
    return result.message


def to_json(result: SetupResult) -> dict[str, Any]:
    """The sentence, by its kind."""
    return {"kind": result.kind, "message": result.message}
