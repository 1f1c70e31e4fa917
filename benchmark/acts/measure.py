"""`irrvit-bench measure`: how fast files are on a device, and whether their answers are right."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.options import MeasureOptions
from irrvit.benchmark.acts.plan import check_files, find_device, select_files, to_config
from irrvit.benchmark.acts.select import Selection
from irrvit.benchmark.device import Device, start_below_c
from irrvit.benchmark.errors import BadOptions, BadStore
from irrvit.benchmark.measurement import Measurement, RunConfig
from irrvit.benchmark.report import page, table
from irrvit.benchmark.results import baseline, store
from irrvit.benchmark.results.rows import MeasureResult, to_timed_rows, to_untimed_rows
from irrvit.benchmark.run import rounds, untimed
from irrvit.benchmark.run.conditions import why_not_gated
from irrvit.benchmark.run.rounds import RunResult
from irrvit.model.progress import Notify

# Between a cold room and what a processor bears.
GATES_C = (10.0, 110.0)

to_table, to_json = table.to_table, table.to_json


def run(options: MeasureOptions, notify: Notify) -> MeasureResult:
    """Measure what was asked for; every measurement is on the disk before this returns.

    Raises:
        BenchmarkError: before anything is measured, when the options make no sense.
    """
    result = measure(options, notify)
    if not options.report:
        return result
    written = page.keep(options.report, result, notify=notify)
    return replace(result, problems=result.problems | written)


def measure(options: MeasureOptions, notify: Notify) -> MeasureResult:
    """The same as `run`, without its page."""
    # Before a device is found: for some a person has to do something.
    check_files(options.files)
    parse_seconds(options.sustained)
    fail_above = baseline.parse_percent(options.fail_above)
    old = baseline.read(options.compare, notify) if options.compare else []
    if options.device.lab is None:
        outcome = _here(options, notify)
    else:
        from irrvit.benchmark.acts import in_lab

        outcome = in_lab.measure(options, notify)
    measured = outcome.measurements
    return MeasureResult(
        to_timed_rows(measured),
        outcome.failures,
        [baseline.gate(m, old, fail_above=fail_above) for m in measured if old],
        outcome.interrupted,
        to_untimed_rows(measured),
    )


def _here(options: MeasureOptions, notify: Notify) -> RunResult:
    """On a device of this machine; what was measured is in the store."""
    asked = options.device.one
    check_gate(options.start_below_c, asked.device)
    device = find_device(asked, notify)
    outcome = on_device(device, options, notify)
    return replace(outcome, failures=outcome.failures | _keep(outcome.measurements, options.store))


def on_device(device: Device, options: MeasureOptions, notify: Notify) -> RunResult:
    """Measure what was asked for on a device that was found; what cannot be is a failure.

    Raises:
        BenchmarkError: before anything is measured, when the options make no sense there.
    """
    info = device.describe()
    if info.emulated and options.compare:
        raise BadOptions(f"--compare is about latency, and {info.kind} is emulated: leave it out")
    _require_thermometer(device, options.start_below_c)
    selection = select_files(options.files, device, notify)
    if not selection.subjects:
        return RunResult([], selection.problems)
    config = _config(options, selection, device)
    batches = [[s] for s in selection.subjects] if config.sustained_s else [selection.subjects]
    measure_batch = untimed.run if info.emulated else rounds.run
    outcome = rounds.join(measure_batch(device, batch, config, notify) for batch in batches)
    return replace(outcome, failures=selection.problems | outcome.failures)


def _config(options: MeasureOptions, selection: Selection, device: Device) -> RunConfig:
    sustained_s = parse_seconds(options.sustained)
    config = to_config(
        selection,
        options.calls,
        options.repeats,
        accelerator=options.device.accelerator,
    )
    limit = options.start_below_c
    changes: dict[str, object] = {
        "start_below_c": start_below_c(device) if limit is None else limit
    }
    if sustained_s is not None:
        changes |= {"sustained_s": sustained_s, "repeats": 1}
    return config.model_copy(update=changes)


def check_gate(limit_c: float | None, name: str) -> None:
    """Raises BadOptions if no device of this name is ever known to be this cool, or warmer."""
    if limit_c is None:
        return
    least, most = GATES_C
    if not least <= limit_c <= most:
        raise BadOptions(
            f"--start-below got {limit_c:g}: expected a temperature that a device can have, "
            f"{least:g} to {most:g} C"
        )
    if kinds.hides_heat(name):
        raise BadOptions(
            f"--start-below cannot be kept: no {name} says how warm it is; leave it out"
        )


def _require_thermometer(device: Device, limit_c: float | None) -> None:
    """Raises BadOptions if it is to be waited for what nobody can see."""
    if limit_c is None:
        return
    why = why_not_gated(device.state(), limit_c)
    if why is not None:
        raise BadOptions(f"--start-below cannot be kept: {why}; leave it out")


def _keep(measurements: list[Measurement], path: Path) -> dict[str, str]:
    """A full disk is a problem to be told, and no reason to print nothing."""
    try:
        for measurement in measurements:
            store.append(path, measurement)
    except BadStore as error:
        return {"store": str(error)}
    return {}


def parse_seconds(text: str | None) -> float | None:
    """`90`, `90s` or `10m`.

    Raises:
        BadOptions: it is none of these.
    """
    if text is None:
        return None
    match = re.fullmatch(r"(\d+(?:\.\d+)?)([sm]?)", text)
    if match is None or float(match[1]) <= 0:
        raise BadOptions(f"--sustained got '{text}': expected a time, such as 90s or 10m")
    return float(match[1]) * (60 if match[2] == "m" else 1)
