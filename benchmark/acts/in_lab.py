"""`irrvit-bench measure --lab`: on devices of other machines, everywhere at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from irrvit.benchmark.acts import at_host
from irrvit.benchmark.acts.options import (
    DevicesOptions,
    FileOptions,
    MeasureOptions,
)
from irrvit.benchmark.acts.plan import select_for
from irrvit.benchmark.acts.select import TORCH
from irrvit.benchmark.errors import BadOptions, BadStore, DeviceNotFound
from irrvit.benchmark.lab import files, hosts, offer, spool
from irrvit.benchmark.lab.dispatch import Job, dispatch
from irrvit.benchmark.measurement import Measurement
from irrvit.benchmark.results import store
from irrvit.benchmark.run.rounds import RunResult
from irrvit.model.progress import Notify


def measure(options: MeasureOptions, notify: Notify) -> RunResult:
    """Measure on each device that was named; each result is in the store as soon as it arrives.

    Raises:
        BenchmarkError: before anything is measured.
    """
    assert options.device.lab is not None
    _refuse_what_is_local(options)
    name = spool.name_of(options.store)
    with hosts.connected(options.device.lab) as ray:
        usable, refused = hosts.usable(hosts.hosts(ray))
        result = RunResult([], dict(refused))
        _collect(ray, name, options.store, result, notify)
        jobs = _jobs(ray, options, name, usable, result, notify)
        try:
            for job, answer in dispatch(ray, at_host.fulfil, jobs, notify):
                if isinstance(answer, str):
                    result.failures[job.name] = answer
                    continue
                notify(job.name, f"{answer.host}: done")
                _take(ray, name, answer, options.store, result)
        except KeyboardInterrupt:
            notify("lab", "interrupted; what hosts still measure is collected by the next call")
            return replace(result, interrupted=True)
    return result


def _refuse_what_is_local(options: MeasureOptions) -> None:
    if options.device.own:
        given = " and ".join(f"--{name.replace('_', '-')}" for name in options.device.own)
        raise BadOptions(f"{given} is about this machine: leave it out with --lab")
    if TORCH in options.files.runtimes:
        raise BadOptions(f"--runtime {TORCH} runs a network and no file: leave it out with --lab")


def _jobs(
    ray: ModuleType,
    options: MeasureOptions,
    name: str,
    usable: Mapping[str, hosts.Host],
    result: RunResult,
    notify: Notify,
) -> list[Job]:
    """One for each device; all that fits nothing is in the failures of the result."""
    there = {host: found.devices for host, found in usable.items()}
    jobs = []
    for asked in options.device.devices or ("host",):
        try:
            device, host = offer.fitting(asked, there)
        except DeviceNotFound as error:
            result.failures[asked] = str(error)
            continue
        selection = select_for(options.files, device.runtimes, notify)
        result.failures.update(selection.problems)
        folders = sorted({Path(subject.path).parent for subject in selection.subjects})
        if not folders:
            continue
        request = at_host.Request(
            name,
            device,
            files.send(folders, ray.put),
            replace(
                options,
                files=FileOptions(runtimes=options.files.runtimes),
                device=DevicesOptions(accelerator=options.device.accelerator),
            ),
        )
        node = usable[host].node if host else None
        jobs.append(Job(asked, device, request, node, is_pinned=node is not None))
        notify(asked, f"waiting for {device.model}")
    return jobs


def _collect(ray: ModuleType, name: str, path: Path, result: RunResult, notify: Notify) -> None:
    """Take what earlier calls with this store measured, and what never arrived."""
    known = {_key(m) for m in store.load(path).measurements} if path.exists() else set()
    for host, answers in hosts.on_each(ray, at_host.waiting, name).items():
        for answer in answers:
            new = tuple(m for m in answer.measurements if _key(m) not in known)
            if new:
                notify("lab", f"{host}: {len(new)} measured earlier had not arrived")
            _take(ray, name, answer.model_copy(update={"measurements": new}), path, result)


def _key(measurement: Measurement) -> tuple[str, ...]:
    return measurement.run_id, measurement.artifact_sha256, measurement.config.runtime


def _take(
    ray: ModuleType, name: str, answer: at_host.Answer, path: Path, result: RunResult
) -> None:
    """Put what arrived into the store; what cannot be put there stays on its host."""
    result.failures.update({f"{answer.host}, {what}": why for what, why in answer.failures.items()})
    try:
        for measurement in answer.measurements:
            store.append(path, measurement)
            result.measurements.append(measurement)
    except BadStore as error:
        result.failures["store"] = f"{error}; {answer.host} keeps what it measured"
        return
    _forget(ray, name, answer)


def _forget(ray: ModuleType, name: str, answer: at_host.Answer) -> None:
    """The host may do so when it likes: whoever collects again knows what arrived."""
    if not answer.kept:
        return
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    there = NodeAffinitySchedulingStrategy(node_id=answer.node, soft=False)
    ray.remote(num_cpus=0, scheduling_strategy=there)(spool.forget).remote(name, [answer.kept])
