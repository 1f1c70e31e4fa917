"""`irrvit-bench --agreement`: our p50 beside that of other people's tools, on the same file.

For LiteRT the benchmark tool of its own package, for onnxruntime a loop of a dozen lines. The two
run alternately, each time in new processes, and medians are compared with medians.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.measure import Request, find_subjects, to_config
from irrvit.benchmark.device import Device
from irrvit.benchmark.errors import BadOptions, BenchmarkError, CommandFailed
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.run.conditions import settle
from irrvit.benchmark.run.workload import Trial
from irrvit.benchmark.subjects import Subject
from irrvit.model.progress import Notify

MAX_DIFFERENCE = 0.03
AGREED, DIFFERED, COULD_NOT_RUN = 0, 1, 2


@dataclass(frozen=True)
class Tool:
    """A command that prints or writes the median of a file's latencies.

    Attributes:
        command: its arguments, with {path}, {threads}, {calls} and {result} to be filled in.
        median_ms: reads its median from the file {result}.
    """

    name: str
    command: tuple[str, ...]
    median_ms: Callable[[Mapping], float]


TOOLS = {
    "litert": Tool(
        "benchmark_litert_model",
        (
            "ai_edge_litert.tools.benchmark_litert_model",
            "--model={path}",
            "--num_threads={threads}",
            "--num_runs={calls}",
            "--result_json={result}",
        ),
        lambda said: said["latency"]["median_ms"],
    ),
    "onnxruntime": Tool(
        "plain loop",
        (
            "irrvit.benchmark.acts.crosscheck.plain_loop",
            "{path}",
            "{threads}",
            "{calls}",
            "{result}",
        ),
        lambda said: said["median_ms"],
    ),
}


@dataclass(frozen=True)
class Agreement:
    """Medians of the rounds, ours and theirs, in their order."""

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
    def agrees(self) -> bool:
        return abs(self.ratio - 1) <= MAX_DIFFERENCE


@dataclass(frozen=True)
class Agreements:
    """What came of it; `problems` has a sentence for each file that could not be compared."""

    agreements: list[Agreement]
    problems: Mapping[str, str]

    @property
    def exit_code(self) -> int:
        if self.problems:
            return COULD_NOT_RUN
        return AGREED if all(a.agrees for a in self.agreements) else DIFFERED


def run(request: Request, notify: Notify) -> Agreements:
    """Hold our p50 of the request's files against other tools, once a repeat.

    Raises:
        BenchmarkError: before anything is run, when the request makes no sense.
    """
    if request.device != "host":
        raise BadOptions(f"--agreement runs other tools on this machine, not on {request.device}")
    chosen = kinds.find(request.device)
    found = find_subjects(request, chosen, notify)
    if not found.subjects:
        return Agreements([], found.problems)
    config = to_config(request, found)
    agreements, problems = [], dict(found.problems)
    for subject in found.subjects:
        name = f"{subject.name} {subject.target}-{subject.precision}"
        try:
            settle(chosen, config, notify)
            agreements.append(_compare(chosen, subject, config, notify))
        except BenchmarkError as error:
            problems[name] = str(error)
    return Agreements(agreements, problems)


def _compare(chosen: Device, subject: Subject, config: RunConfig, notify: Notify) -> Agreement:
    if subject.runtime not in TOOLS:
        raise BadOptions(f"there is no other tool for {subject.runtime} to be held against")
    tool = TOOLS[subject.runtime]
    config = config.model_copy(update={"runtime": subject.runtime})
    ours_ms, theirs_ms, version = [], [], ""
    for number in range(config.repeats):
        notify(subject.name, f"round {number + 1} of {config.repeats}: ours and {tool.name}")
        if number % 2:
            theirs_ms.append(_theirs(tool, subject, config, ours_ms[-1]))
        latencies, version = _ours(chosen, subject, config)
        ours_ms.append(float(np.median(latencies)))
        if not number % 2:
            theirs_ms.append(_theirs(tool, subject, config, ours_ms[-1]))
    return Agreement(
        subject.name, subject.precision, version, tool.name, tuple(ours_ms), tuple(theirs_ms)
    )


def _ours(chosen: Device, subject: Subject, config: RunConfig) -> tuple[Sequence[float], str]:
    """As a repeat of a measurement is done."""
    process = chosen.open(subject.path, config)
    try:
        process.set_input(subject.pixels)
        trial = Trial(process)
        trial.warm_up(config.warmup_s)
        while not trial.is_done(config.iterations, config.seconds):
            trial.time_block()
        return trial.result().latencies_ms, process.load_info.runtime_version
    finally:
        process.close()


def _theirs(tool: Tool, subject: Subject, config: RunConfig, call_ms: float) -> float:
    """As many calls as take as long as ours."""
    with tempfile.TemporaryDirectory(prefix="irrvit-bench-") as folder:
        result = Path(folder) / "result.json"
        calls = max(config.iterations, round(1000 * config.seconds / call_ms))
        facts = {"path": subject.path, "threads": config.threads, "calls": calls, "result": result}
        command = [sys.executable, "-P", "-m", *(part.format(**facts) for part in tool.command)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=config.timeout_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise CommandFailed(f"{tool.name} did not end within {config.timeout_s:g} s") from None
        if done.returncode or not result.exists():
            last = (done.stderr.strip().splitlines() or ["nothing"])[-1]
            raise CommandFailed(f"{tool.name} failed ({done.returncode}) and said: {last}")
        return tool.median_ms(json.loads(result.read_text()))
