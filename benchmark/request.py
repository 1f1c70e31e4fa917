"""One call of `irrvit-bench`: what was asked for, what is done about it, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from irrvit.benchmark import answers, baseline, device, session, stats, store, suite, validity
from irrvit.benchmark.baseline import Gate, Gated
from irrvit.benchmark.device import Options
from irrvit.benchmark.errors import BadRequest, BadStore
from irrvit.benchmark.measurement import Issue, LatencySummary, Measurement, RunConfig
from irrvit.benchmark.stats import Comparison, Verdict
from irrvit.benchmark.subjects import Found, from_models, from_paths

Notify = Callable[[str, str], None]
_STORE = Path("artifacts") / "measurements.jsonl"
VALID, INVALID, COULD_NOT_RUN, INTERRUPTED = 0, 1, 2, 130


@dataclass(frozen=True)
class Request:
    """The options of `irrvit-bench`."""

    device: str
    artifacts: tuple[Path, ...] = ()
    models: tuple[str, ...] = ()
    suite: str | None = None
    runtime: str | None = None
    accelerator: str = "cpu"
    threads: int = 1
    iterations: int = 50
    repeats: int = 8
    timeout_s: float = 120.0
    start_below_c: float | None = None
    sustained: str | None = None
    options: Options = field(default_factory=Options)
    store: Path | None = None
    source: Path | None = None
    compare: Path | None = None
    fail_above: str = "5%"
    decisions: str | None = None
    data_root: Path | None = None
    limit: int = 1000
    picture: Path | None = None


@dataclass(frozen=True)
class Row:
    """A measurement with what is derived from it.

    Attributes:
        first: of the same run, which the others are held against.
        against_first: its time by the first's.
    """

    measurement: Measurement
    summary: LatencySummary
    issues: list[Issue]
    first: Row | None = None
    against_first: Comparison | None = None

    @property
    def is_valid(self) -> bool:
        return validity.is_valid(self.issues)

    @property
    def gmacs(self) -> float:
        """Billions of multiply-accumulates a second."""
        return self.measurement.macs / self.summary.p50_ms / 1e6

    @property
    def share_of_peak(self) -> float | None:
        """Of what the device does in a large linear layer."""
        peak = self.measurement.peak_gmacs
        return None if peak is None else self.gmacs / peak

    @property
    def verdict(self) -> Verdict | None:
        """Against the first; an invalid number is compared with nothing."""
        if self.first is None or self.against_first is None:
            return None
        both = self.is_valid and self.first.is_valid
        return self.against_first.verdict if both else Verdict.CANNOT_TELL

    @property
    def speed_against_first(self) -> float | None:
        """MACs a millisecond by the first's: a network with more of them may be faster a MAC."""
        if self.first is None or self.against_first is None:
            return None
        return self.measurement.macs / self.first.measurement.macs / self.against_first.ratio


@dataclass(frozen=True)
class Answers:
    """A measurement on an emulated device: whether it is right, and nothing about time."""

    measurement: Measurement
    issues: list[Issue]

    @property
    def is_valid(self) -> bool:
        return validity.is_valid(self.issues)


@dataclass(frozen=True)
class Result:
    """What came of a run; `problems` has a sentence for each thing that was not measured."""

    rows: list[Row]
    problems: dict[str, str]
    gated: list[Gated] = field(default_factory=list)
    interrupted: bool = False
    answers: list[Answers] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0: valid and no slower; 1: invalid, wrong or slower; 2: something was not measured."""
        gates = {gated.gate for gated in self.gated}
        if self.interrupted:
            return INTERRUPTED
        if self.problems or gates & {Gate.REFUSED, Gate.CANNOT_TELL}:
            return COULD_NOT_RUN
        rows = [*self.rows, *self.answers]
        valid = all(row.is_valid for row in rows) and Gate.REGRESSED not in gates
        return VALID if valid else INVALID


def run(request: Request, notify: Notify) -> Result:
    """Measure what was asked for; every measurement is on the disk before this returns.

    Raises:
        BenchmarkError: before anything is measured, when the request makes no sense.
    """
    if request.picture:
        raise BadRequest("--picture draws a profile: give --profile with it")
    chosen = device.find(request.device, replace(request.options, notify=notify))
    _expect_accelerator(request, chosen)
    is_emulated = chosen.describe().emulated
    if is_emulated and request.compare:
        raise BadRequest(
            f"--compare is about latency, and {request.device} is emulated: leave it out"
        )
    fail_above = baseline.parse_percent(request.fail_above)
    old = baseline.read(request.compare, notify) if request.compare else []
    found = find_subjects(request, chosen, notify)
    if not found.subjects:
        return Result([], found.problems)
    measure = answers.run if is_emulated else session.run
    config = to_config(request, found)
    if config.start_below_c is None:
        config = config.model_copy(update={"start_below_c": device.start_below_c(chosen)})
    batches = [[subject] for subject in found.subjects] if config.sustained_s else [found.subjects]
    outcome = session.join(measure(chosen, batch, config, notify) for batch in batches)
    measured = outcome.measurements
    problems = found.problems | outcome.failures | _keep(measured, request.store or _STORE)
    gated = [baseline.gate(m, old, fail_above=fail_above) for m in measured if old]
    rows, untimed = to_rows(measured), to_answers(measured)
    return Result(rows, problems, gated, outcome.interrupted, untimed)


def _expect_accelerator(request: Request, chosen: device.Device) -> None:
    able = device.accelerators(chosen)
    if request.accelerator not in able:
        raise BadRequest(
            f"--accelerator got '{request.accelerator}': --device {request.device} expects "
            f"{' or '.join(able)}"
        )


def _keep(measurements: list[Measurement], path: Path) -> dict[str, str]:
    """A full disk is a problem to be told, and no reason to print nothing."""
    try:
        for measurement in measurements:
            store.append(path, measurement)
    except BadStore as error:
        return {"store": str(error)}
    return {}


def to_config(request: Request, found: Found) -> RunConfig:
    return RunConfig(
        runtime=found.subjects[0].runtime,
        accelerator=request.accelerator,
        threads=request.threads,
        iterations=request.iterations,
        repeats=request.repeats if request.sustained is None else 1,
        timeout_s=request.timeout_s,
        start_below_c=request.start_below_c,
        sustained_s=None if request.sustained is None else parse_seconds(request.sustained),
    )


def parse_seconds(text: str) -> float:
    """`90`, `90s` or `10m`.

    Raises:
        BadRequest: it is none of these.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([sm]?)", text)
    if found is None or float(found[1]) <= 0:
        raise BadRequest(f"--sustained got '{text}': expected a time, such as 90s or 10m")
    return float(found[1]) * (60 if found[2] == "m" else 1)


def find_subjects(request: Request, chosen: device.Device, notify: Notify) -> Found:
    """The files that were asked for, exported first where they have to be."""
    named = [bool(request.artifacts), bool(request.models), request.suite is not None]
    if sum(named) > 1:
        raise BadRequest("give files, --model or --suite: one of the three")
    if request.artifacts:
        return from_paths(request.artifacts, chosen.RUNTIMES, runtime=request.runtime)
    models = suite.get(request.suite).models if request.suite else request.models
    return from_models(models, chosen.RUNTIMES, runtime=request.runtime, notify=notify)


def to_rows(measurements: list[Measurement]) -> list[Row]:
    """Those that were timed; the first of a run is what its others are held against, in pairs."""
    rows: list[Row] = []
    firsts: dict[str, Row] = {}
    for measurement in filter(_is_timed, measurements):
        series = [repeat.latencies_ms for repeat in measurement.repeats]
        summary = stats.summarize(series, seed=measurement.config.seed)
        first = firsts.get(measurement.run_id)
        compared = None if first is None else _compare(measurement, first.measurement)
        row = Row(measurement, summary, validity.check(measurement), first, compared)
        rows.append(row)
        firsts.setdefault(measurement.run_id, row)
    return rows


def to_answers(measurements: list[Measurement]) -> list[Answers]:
    """Those that were not timed."""
    return [Answers(m, validity.check(m)) for m in measurements if not _is_timed(m)]


def _is_timed(measurement: Measurement) -> bool:
    return bool(measurement.repeats)


def _compare(ours: Measurement, theirs: Measurement) -> Comparison | None:
    """None where a Ctrl-C left them with unlike repeats."""
    if len(ours.repeats) != len(theirs.repeats):
        return None
    sides = [[repeat.blocks_ms for repeat in m.repeats] for m in (ours, theirs)]
    return stats.compare_paired(*sides)
