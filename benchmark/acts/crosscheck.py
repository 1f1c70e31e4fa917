"""`irrvit-bench crosscheck`: our p50 beside that of other people's tools, on the same file.

A runtime names the program that it is held against. Ours and that one run alternately, each time
in new processes, and medians are compared with medians.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from irrvit.benchmark import plausible
from irrvit.benchmark.acts.options import CrosscheckOptions, DeviceOptions
from irrvit.benchmark.acts.plan import find_device, select_files, to_config
from irrvit.benchmark.device import Device
from irrvit.benchmark.errors import (
    BadOptions,
    BenchmarkError,
    CommandFailed,
    ExitCode,
    one_line,
)
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.run.conditions import settle
from irrvit.benchmark.run.workload import Trial
from irrvit.benchmark.subject import Subject
from irrvit.benchmark.worker import runtime
from irrvit.benchmark.worker.runtime import BenchmarkTool, Crosschecked
from irrvit.model.progress import Notify

MAX_DIFFERENCE = 0.03
_HEADINGS = ("network", "other tool", "ours ms", "theirs ms", "ratio", "from", "to", "")


@dataclass(frozen=True)
class CrosscheckRow:
    """Medians of the rounds of one file, ours and theirs, in their order."""

    variant: str
    precision: str
    runtime_version: str
    tool: str
    ours_ms: tuple[float, ...]
    theirs_ms: tuple[float, ...]

    @property
    def ratios(self) -> tuple[float, ...]:
        """Ours by theirs, round by round."""
        return tuple(a / b for a, b in zip(self.ours_ms, self.theirs_ms, strict=True))

    @property
    def ratio(self) -> float:
        return float(np.median(self.ratios))

    @property
    def is_close(self) -> bool:
        return abs(self.ratio - 1) <= MAX_DIFFERENCE


@dataclass(frozen=True)
class CrosscheckResult:
    """What came of it; `problems` has a sentence for each file that could not be compared."""

    rows: list[CrosscheckRow]
    problems: Mapping[str, str]

    @property
    def exit_code(self) -> ExitCode:
        if self.problems:
            return ExitCode.COULD_NOT_RUN
        return ExitCode.PASSED if all(row.is_close for row in self.rows) else ExitCode.FAILED


def run(options: CrosscheckOptions, notify: Notify) -> CrosscheckResult:
    """Hold our p50 of files against other tools on this machine, once a repeat.

    Raises:
        BenchmarkError: before anything is run, when the options make no sense.
    """
    device = find_device(DeviceOptions(), notify)
    selection = select_files(options.files, device, notify)
    if not selection.subjects:
        return CrosscheckResult([], selection.problems)
    config = to_config(selection, options.calls, options.repeats)
    rows, problems = [], dict(selection.problems)
    for subject in selection.subjects:
        try:
            settle(device, config, notify)
            rows.append(_compare(device, subject, config, notify))
        except BenchmarkError as error:
            problems[subject.file_label] = str(error)
    return CrosscheckResult(rows, problems)


def _compare(device: Device, subject: Subject, config: RunConfig, notify: Notify) -> CrosscheckRow:
    module = runtime.get(subject.runtime)
    if not isinstance(module, Crosschecked):
        raise BadOptions(f"there is no other tool for {subject.runtime} to be held against")
    tool = module.BENCHMARK_TOOL
    config = config.model_copy(update={"runtime": subject.runtime})
    ours_ms, theirs_ms, version = [], [], ""
    for number in range(config.repeats):
        notify(subject.name, f"round {number + 1} of {config.repeats}: ours and {tool.name}")
        if number % 2:
            theirs_ms.append(_theirs(tool, subject, config, ours_ms[-1]))
        latencies, version = _ours(device, subject, config)
        ours_ms.append(float(np.median(latencies)))
        if not number % 2:
            theirs_ms.append(_theirs(tool, subject, config, ours_ms[-1]))
    return CrosscheckRow(
        subject.name, subject.precision, version, tool.name, tuple(ours_ms), tuple(theirs_ms)
    )


def _ours(device: Device, subject: Subject, config: RunConfig) -> tuple[Sequence[float], str]:
    """As a repeat of a measurement is done."""
    process = device.open(subject.path, config)
    try:
        process.set_input(subject.pixels)
        trial = Trial(process)
        trial.warm_up(config.warmup_s)
        while not trial.is_done(config.iterations, config.seconds):
            trial.time_block()
        return trial.result().latencies_ms, process.load_info.runtime_version
    finally:
        process.close()


def _theirs(tool: BenchmarkTool, subject: Subject, config: RunConfig, call_ms: float) -> float:
    """As many calls as take as long as ours."""
    with tempfile.TemporaryDirectory(prefix="irrvit-bench-") as folder:
        result = Path(folder) / "result.json"
        calls = max(config.iterations, round(1000 * config.seconds / call_ms))
        words = tool.command(subject.path, config.threads, calls, str(result))
        command = [sys.executable, "-P", "-m", *words]
        try:
            done = subprocess.run(
                command, capture_output=True, timeout=config.timeout_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise CommandFailed(f"{tool.name} did not end within {config.timeout_s:g} s") from None
        if done.returncode or not result.exists():
            lines = done.stderr.decode(errors="replace").strip().splitlines() or ["nothing"]
            raise CommandFailed(
                f"{tool.name} failed ({done.returncode}) and said: {one_line(lines[-1])}"
            )
        return read_median(tool, result.read_bytes())


def read_median(tool: BenchmarkTool, written: bytes) -> float:
    """The median in milliseconds, of what a tool has written; raises CommandFailed."""
    try:
        found = json.loads(written)
    except (ValueError, RecursionError):
        found = None
    for key in tool.median:
        found = found.get(key) if isinstance(found, dict) else None
    median_ms = plausible.number(found)
    if median_ms is None or median_ms <= 0:
        raise CommandFailed(
            f"{tool.name} wrote no median ({'.'.join(tool.median)}): is it of another version?"
        )
    return median_ms


def to_table(result: CrosscheckResult) -> RenderableType:
    """A row for each file: medians of the rounds, and the ratio's median and range."""
    if not result.rows:
        return Group()
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True)
    for heading in _HEADINGS:
        justify = "left" if heading in ("network", "other tool", "") else "right"
        table.add_column(heading, justify=justify, overflow="fold")
    for row in result.rows:
        table.add_row(*_cells(row))
    return table


def _cells(row: CrosscheckRow) -> tuple[str | Text, ...]:
    return (
        f"{row.variant} {row.precision}",
        row.tool,
        f"{np.median(row.ours_ms):.2f}",
        f"{np.median(row.theirs_ms):.2f}",
        f"{row.ratio:.3f}",
        f"{min(row.ratios):.3f}",
        f"{max(row.ratios):.3f}",
        Text("close", style="green") if row.is_close else Text("differs", style="red"),
    )


def to_json(result: CrosscheckResult) -> dict[str, Any]:
    """The rows, with the medians of every round."""
    return {
        "crosschecks": [
            asdict(row) | {"ratio": row.ratio, "ratios": row.ratios, "close": row.is_close}
            for row in result.rows
        ],
        "max_difference": MAX_DIFFERENCE,
        "errors": [{"name": name, "message": text} for name, text in result.problems.items()],
    }
