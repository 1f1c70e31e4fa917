"""`irrvit-bench --profile`: where the time of a call goes, by module of the network."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.measure import Request, find_subjects, to_config
from irrvit.benchmark.acts.profile import attribution, nodes, picture, trace
from irrvit.benchmark.acts.profile.attribution import OTHER
from irrvit.benchmark.acts.profile.nodes import Node
from irrvit.benchmark.acts.profile.records import Profile, ProfileRow, Profiles
from irrvit.benchmark.acts.profile.trace import Trace
from irrvit.benchmark.device import Device, ProfilingProcess
from irrvit.benchmark.errors import BadOptions, BadStore, BenchmarkError
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.run.workload import Trial
from irrvit.benchmark.subjects import Subject
from irrvit.model.network import variants
from irrvit.model.progress import Notify

_PARSERS = {"litert": trace.litert, "onnxruntime": trace.onnxruntime}
_MIN_CALLS, _MAX_CALLS = 20, 200


def run(request: Request, notify: Notify) -> Profiles:
    """Profile the files of a request, one after the other.

    Raises:
        BenchmarkError: before anything is run, when the request makes no sense.
    """
    if request.picture:
        picture.check_name(request.picture)
    chosen = kinds.find(request.device, request.options, notify)
    if chosen.describe().emulated:
        raise BadOptions(f"{request.device} is emulated: where its time goes says nothing")
    found = find_subjects(request, chosen, notify)
    if not found.subjects:
        return Profiles([], found.problems)
    config = to_config(request, found)
    profiles, problems = [], dict(found.problems)
    for subject in found.subjects:
        name = f"{subject.name} {subject.target}-{subject.precision}"
        try:
            notify(name, "profiling")
            profiles.append(profile(chosen, subject, config))
        except BenchmarkError as error:
            problems[name] = str(error)
    return Profiles(profiles, problems | _draw(request.picture, profiles))


def _draw(path: Path | None, profiles: list[Profile]) -> dict[str, str]:
    """A full disk is a problem to be told, and no reason to print nothing."""
    try:
        if path and profiles:
            picture.write(path, profiles)
    except BadStore as error:
        return {"picture": str(error)}
    return {}


def profile(chosen: Device, subject: Subject, config: RunConfig) -> Profile:
    """Time a file without its runtime's profiler, then with it, in one process.

    Raises:
        BenchmarkError: the runtime has no profiler on this device, or the process died.
    """
    if subject.runtime not in _PARSERS:
        raise BadOptions(
            f"no profiler of {subject.runtime} is known: expected {' or '.join(_PARSERS)}"
        )
    config = config.model_copy(update={"runtime": subject.runtime})
    process = chosen.open(subject.path, config)
    try:
        if not isinstance(process, ProfilingProcess):
            raise BadOptions(f"a {chosen.describe().kind} cannot profile: expected host")
        process.set_input(subject.pixels)
        p50_ms = _p50_ms(Trial(process), config)
        calls = int(np.clip(1000 * config.seconds / p50_ms, _MIN_CALLS, _MAX_CALLS))
        profiled = _PARSERS[subject.runtime](process.profile(calls))
    finally:
        process.close()
    rows = to_rows(profiled, nodes.read(Path(subject.path), subject.target), subject)
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
    )


def _p50_ms(trial: Trial, config: RunConfig) -> float:
    trial.warm_up(config.warmup_s)
    while not trial.is_done(config.iterations, config.seconds):
        trial.time_block()
    return float(np.median([ms for block in trial.blocks for ms in block]))


def to_rows(profiled: Trace, file: list[Node], subject: Subject) -> tuple[ProfileRow, ...]:
    """Sum up by module, in the order of the file; what is nobody's comes last, never left out."""
    is_ours = subject.name.partition("+")[0] in variants.names()
    module_of = attribution.irrvit_module if is_ours else attribution.any_module
    owners = attribution.OWNERS[subject.target](profiled.operators, file)
    modules = attribution.modules(owners, file, module_of)
    us, rest_us = _middle_half(profiled)
    in_file = [module_of(node.path) for node in file if node.path is not None]
    order = [name for name in dict.fromkeys(in_file) if name in modules]
    own = {name: [i for i, module in enumerate(modules) if module == name] for name in order}
    nobodys = [i for i, module in enumerate(modules) if module == OTHER]
    rows = [(name, len(own[name]), us[own[name]].sum()) for name in order]
    rows.append((OTHER, len(nobodys), us[nobodys].sum() + rest_us))
    return tuple(ProfileRow(module=name, operations=n, ms=t / 1000) for name, n, t in rows)


def _middle_half(profiled: Trace) -> tuple[np.ndarray, float]:
    """What each operator took, and what passed between them or was rounded off; microseconds.

    Means of the middle half of the calls: what disturbed one drops out, and sums stay sums.
    """
    totals = np.array(profiled.total_us)
    quarter = len(totals) // 4
    middle = np.argsort(totals)[quarter : len(totals) - quarter]
    us = np.array(profiled.us, np.float64)[middle].mean(axis=0)
    return us, float(totals[middle].mean() - us.sum())
