"""`irrvit-bench profile`: where the time of a call goes, by module of the network."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.acts.measure import check_gate, measure
from irrvit.benchmark.acts.options import MeasureOptions, ProfileOptions
from irrvit.benchmark.acts.plan import check_files, find_device, select_files, to_config
from irrvit.benchmark.device import Device, EstimatingProcess, ProfilingProcess
from irrvit.benchmark.errors import (
    BadOptions,
    BadStore,
    BenchmarkError,
    CommandFailed,
    one_line,
)
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.profiling import picture, profiler, table
from irrvit.benchmark.profiling.profiler import Profiler
from irrvit.benchmark.profiling.records import Profile, ProfileResult
from irrvit.benchmark.profiling.rows import to_rows
from irrvit.benchmark.profiling.trace import Trace
from irrvit.benchmark.report import page
from irrvit.benchmark.run.workload import Trial
from irrvit.benchmark.subject import Subject
from irrvit.model.progress import Notify

_MIN_CALLS, _MAX_CALLS = 20, 200

to_table, to_json = table.to_table, table.to_json


def run(options: ProfileOptions, notify: Notify) -> ProfileResult:
    """Profile files one after the other, and draw and measure them if that is asked for.

    Raises:
        BenchmarkError: before anything is run, when the options make no sense.
    """
    # Before a device is found, and before what is measured after it is profiled.
    check_files(options.files)
    check_gate(options.start_below_c, options.device.device)
    if options.picture:
        picture.check_name(options.picture)
    result = _profile_files(options, notify)
    if options.picture:
        drawn = _draw(options.picture, result.profiles)
        result = replace(result, problems={**result.problems, **drawn})
    return _add_page(options.report, result, options, notify) if options.report else result


def _profile_files(options: ProfileOptions, notify: Notify) -> ProfileResult:
    device = find_device(options.device, notify)
    if device.describe().emulated:
        raise BadOptions(f"{options.device.device} is emulated: where its time goes says nothing")
    selection = select_files(options.files, device, notify)
    if not selection.subjects:
        return ProfileResult([], selection.problems)
    config = to_config(
        selection,
        options.calls,
        options.repeats,
        accelerator=options.device.accelerator,
    )
    profiles, problems = [], dict(selection.problems)
    for subject in selection.subjects:
        try:
            notify(subject.file_label, "profiling")
            profiles.append(profile(device, subject, config))
        except BenchmarkError as error:
            problems[subject.file_label] = str(error)
    return ProfileResult(profiles, problems)


def _draw(path: Path, profiles: list[Profile]) -> dict[str, str]:
    """A full disk is a problem to be told, and no reason to print nothing."""
    try:
        if profiles:
            picture.write(path, profiles)
    except BadStore as error:
        return {"picture": str(error)}
    return {}


def _add_page(
    path: Path, result: ProfileResult, options: ProfileOptions, notify: Notify
) -> ProfileResult:
    """The page shows how fast, and where the time goes: what was profiled is measured as well."""
    measured = measure(
        MeasureOptions(
            files=options.files,
            device=options.device.alone,
            calls=options.calls,
            repeats=options.repeats,
            start_below_c=options.start_below_c,
            store=options.store,
        ),
        notify,
    )
    written = page.keep(path, measured, result.profiles, notify=notify)
    return replace(result, measured=measured, problems={**result.problems, **written})


def profile(device: Device, subject: Subject, config: RunConfig) -> Profile:
    """Time a file without its runtime's profiler, then with it, in one process.

    Where there is only an estimate, the time is shared out by that.

    Raises:
        BenchmarkError: the runtime has no profiler on this device, or the process died.
    """
    reader = profiler.get(subject.runtime)
    config = config.model_copy(update={"runtime": subject.runtime})
    process = device.open(subject.path, config)
    try:
        if not isinstance(process, ProfilingProcess | EstimatingProcess):
            kind = device.describe().kind
            raise BadOptions(f"a {kind} cannot profile: expected host or iphone")
        process.set_input(subject.pixels)
        p50_ms = _p50_ms(Trial(process), config)
        trace, estimated_by = _trace(process, reader, p50_ms, config)
    finally:
        process.close()
    rows = to_rows(trace, reader.read_operations(Path(subject.path)), subject)
    return Profile(
        artifact_sha256=subject.sha256,
        target=subject.target,
        variant=subject.name,
        precision=subject.precision,
        runtime=subject.runtime,
        runtime_version=process.load_info.runtime_version,
        threads=config.threads,
        p50_ms=p50_ms,
        total_ms=sum(row.ms for row in rows),
        rows=rows,
        estimated_by=estimated_by,
    )


def _trace(
    process: ProfilingProcess | EstimatingProcess,
    reader: Profiler,
    p50_ms: float,
    config: RunConfig,
) -> tuple[Trace, str | None]:
    """What operations take, and who estimates it where nobody measures it."""
    if isinstance(process, EstimatingProcess):
        estimated = read_trace(reader, process.estimate())
        return estimated.scaled(1000 * p50_ms), process.ESTIMATED_BY
    calls = int(np.clip(1000 * config.seconds / p50_ms, _MIN_CALLS, _MAX_CALLS))
    return read_trace(reader, process.profile(calls)), None


def read_trace(reader: Profiler, events: list[dict[str, Any]]) -> Trace:
    """What a device noted of its calls; raises CommandFailed if no runtime notes it so."""
    try:
        trace = reader.to_trace(events)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        what = one_line(f"{type(error).__name__}: {error}")
        raise CommandFailed(
            f"its profile cannot be read ({what}): is it of this version?"
        ) from error
    took = [*trace.total_us, *(us for call in trace.us for us in call)]
    if not np.isfinite(took).all() or min(took) < 0 or not sum(trace.total_us) > 0:
        raise CommandFailed("its profile has times that cannot be: 0 in all, negative or infinite")
    return trace


def _p50_ms(trial: Trial, config: RunConfig) -> float:
    trial.warm_up(config.warmup_s)
    while not trial.is_done(config.iterations, config.seconds):
        trial.time_block()
    return float(np.median([ms for block in trial.blocks for ms in block]))
