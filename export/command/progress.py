"""What a person sees on stderr while an export works."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)

from irrvit.model.progress import Notify


@contextmanager
def progress() -> Iterator[Notify]:
    """Yield a function of (file, stage): a line per file that moves, or plain lines in a log.

    Nothing moves before the first stage: somebody may have to be asked something until then.
    """
    if not sys.stderr.isatty():
        yield _plain(time.perf_counter())
        return
    console = Console(stderr=True)
    # What devices and files are called is no markup.
    columns = (SpinnerColumn(finished_text=" "), TextColumn("{task.description}", markup=False))
    display = Progress(*columns, TimeElapsedColumn(), console=console, transient=True)
    lines: dict[str, TaskID] = {}

    def notify(name: str, stage: str) -> None:
        display.start()
        if name not in lines:
            lines[name] = display.add_task("", total=1)
        done = stage.startswith(("done", "failed", "unchanged"))
        display.update(lines[name], description=f"{name:<14}{stage}", completed=1 if done else 0)

    try:
        yield notify
    finally:
        display.stop()


@contextmanager
def bar() -> Iterator[Callable[[str, float], None]]:
    """Yield a function of (stage, share that is done): one bar, or in a log a line per stage."""
    if not sys.stderr.isatty():
        yield _plain_bar(_plain(time.perf_counter()))
        return
    columns = (BarColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as display:
        line = display.add_task("", total=1.0)
        yield lambda stage, share: display.update(line, description=stage, completed=share)


def _plain_bar(notify: Notify) -> Callable[[str, float], None]:
    latest = ""

    def follow(stage: str, share: float) -> None:
        nonlocal latest
        if stage != latest:
            latest = stage
            notify(f"{share:4.0%}", stage)

    return follow


def _plain(started: float) -> Notify:
    def notify(name: str, stage: str) -> None:
        elapsed = time.perf_counter() - started
        print(f"{elapsed:6.1f} s  {name}: {stage}", file=sys.stderr, flush=True)

    return notify
