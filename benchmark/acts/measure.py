"""One call of `irrvit-bench`: what was asked for, and what is done about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from irrvit.benchmark import device, kinds, suite
from irrvit.benchmark.errors import BadOptions, BadStore
from irrvit.benchmark.measurement import Measurement, RunConfig
from irrvit.benchmark.results import baseline, store
from irrvit.benchmark.results.rows import MeasureResult, to_timed_rows, to_untimed_rows
from irrvit.benchmark.run import rounds, untimed
from irrvit.benchmark.subjects import Selection, from_models, from_paths
from irrvit.model.progress import Notify

_STORE = Path("artifacts") / "measurements.jsonl"


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
    options: Mapping[str, object] = field(default_factory=dict)
    store: Path | None = None
    source: Path | None = None
    compare: Path | None = None
    fail_above: str = "5%"
    decisions: str | None = None
    data_root: Path | None = None
    limit: int = 1000
    picture: Path | None = None


def choose(acts: Sequence[str], request: Request, report: Path | None) -> str:
    """The one thing that is to be done, of those that options ask for; without any, this module's.

    Raises:
        BadOptions: these options do not go together.
    """
    names = {"show": "from", "accuracy": "decisions", "crosscheck": "agreement"}
    options = [f"--{names.get(act, act)}" for act in acts]
    if len(acts) > 1:
        raise BadOptions(f"{' and '.join(options)} do not go together: give one of them")
    act = acts[0] if acts else "measure"
    if report and act in ("accuracy", "crosscheck"):
        raise BadOptions(f"--report shows measurements and profiles: leave out {options[0]}")
    if not acts or (report and act == "profile"):  # It measures.
        return act
    refused = {"--store": request.store, "--compare": act != "show" and request.compare}
    for name, value in refused.items():
        if value:
            raise BadOptions(
                f"{name} is about what is measured now: leave it out, or leave out {options[0]}"
            )
    return act


def run(request: Request, notify: Notify) -> MeasureResult:
    """Measure what was asked for; every measurement is on the disk before this returns.

    Raises:
        BenchmarkError: before anything is measured, when the request makes no sense.
    """
    if request.picture:
        raise BadOptions("--picture draws a profile: give --profile with it")
    chosen = kinds.find(request.device, request.options, notify)
    _expect_accelerator(request, chosen)
    is_emulated = chosen.describe().emulated
    if is_emulated and request.compare:
        raise BadOptions(
            f"--compare is about latency, and {request.device} is emulated: leave it out"
        )
    fail_above = baseline.parse_percent(request.fail_above)
    old = baseline.read(request.compare, notify) if request.compare else []
    found = find_subjects(request, chosen, notify)
    if not found.subjects:
        return MeasureResult([], found.problems)
    measure = untimed.run if is_emulated else rounds.run
    config = to_config(request, found)
    if config.start_below_c is None:
        config = config.model_copy(update={"start_below_c": device.start_below_c(chosen)})
    batches = [[subject] for subject in found.subjects] if config.sustained_s else [found.subjects]
    outcome = rounds.join(measure(chosen, batch, config, notify) for batch in batches)
    measured = outcome.measurements
    problems = found.problems | outcome.failures | _keep(measured, request.store or _STORE)
    gated = [baseline.gate(m, old, fail_above=fail_above) for m in measured if old]
    rows, untimed_rows = to_timed_rows(measured), to_untimed_rows(measured)
    return MeasureResult(rows, problems, gated, outcome.interrupted, untimed_rows)


def _expect_accelerator(request: Request, chosen: device.Device) -> None:
    able = device.accelerators(chosen)
    if request.accelerator not in able:
        raise BadOptions(
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


def to_config(request: Request, found: Selection) -> RunConfig:
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
        BadOptions: it is none of these.
    """
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([sm]?)", text)
    if found is None or float(found[1]) <= 0:
        raise BadOptions(f"--sustained got '{text}': expected a time, such as 90s or 10m")
    return float(found[1]) * (60 if found[2] == "m" else 1)


def find_subjects(request: Request, chosen: device.Device, notify: Notify) -> Selection:
    """The files that were asked for, exported first where they have to be."""
    named = [bool(request.artifacts), bool(request.models), request.suite is not None]
    if sum(named) > 1:
        raise BadOptions("give files, --model or --suite: one of the three")
    if request.artifacts:
        return from_paths(request.artifacts, chosen.RUNTIMES, runtime=request.runtime)
    models = suite.get(request.suite).models if request.suite else request.models
    return from_models(models, chosen.RUNTIMES, runtime=request.runtime, notify=notify)
