"""`irrvit-bench measure --lab`: on devices of other machines, everywhere at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import ModuleType

from filelock import FileLock

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
from irrvit.export.sweep import cluster
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
            notify("lab", "interrupted: what hosts had not done yet is stopped")
            return replace(result, interrupted=True)
    return result


def _refuse_what_is_local(options: MeasureOptions) -> None:
    if options.device.own:
        given = " and ".join(f"--{name.replace('_', '-')}" for name in options.device.own)
        raise BadOptions(f"leave {given} out with --lab: a host has its own")
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
    jobs: list[Job] = []
    for asked in options.device.devices or ("host",):
        try:
            device, host = offer.fitting(asked, there)
        except DeviceNotFound as error:
            result.failures[asked] = str(error)
            continue
        _require_accelerator(options.device.accelerator, asked, device)
        selection = select_for(options.files, device.runtimes, notify)
        result.failures.update(selection.problems)
        folders = sorted({Path(subject.path).parent for subject in selection.subjects})
        if not folders:
            continue
        request = at_host.Request(name, device, files.send(folders, ray.put), _at_host(options))
        node = usable[host].node if host else None
        same = sum(job.device == device for job in jobs)
        called = f"{asked} ({same + 1})" if same else asked
        jobs.append(Job(called, device, request, node, is_pinned=node is not None))
        notify(asked, f"waiting for {device.model}")
    return jobs


def _require_accelerator(asked: str, name: str, device: offer.Offered) -> None:
    if asked not in device.accelerators:
        raise BadOptions(
            f"--accelerator got '{asked}': --device {name} expects "
            f"{' or '.join(device.accelerators)}"
        )


def _at_host(options: MeasureOptions) -> MeasureOptions:
    """What is left of the options when files and devices are sent by themselves."""
    return replace(
        options,
        files=FileOptions(runtimes=options.files.runtimes),
        device=DevicesOptions(accelerator=options.device.accelerator),
    )


def _collect(ray: ModuleType, name: str, path: Path, result: RunResult, notify: Notify) -> None:
    """Take what earlier calls with this store measured, and what never arrived."""
    for host, answers in hosts.on_each(ray, at_host.waiting, name).items():
        taken = sum(_take(ray, name, answer, path, result) for answer in answers)
        if taken:
            notify("lab", f"{host}: {taken} measured earlier had not arrived")


def _key(measurement: Measurement) -> tuple[str, ...]:
    return measurement.run_id, measurement.artifact_sha256, measurement.config.runtime


def _take(ray: ModuleType, name: str, answer: at_host.Answer, path: Path, result: RunResult) -> int:
    """Put what arrived into the store, and return how much of it was new there.

    Another call with this store may have collected it meanwhile. What cannot be put there stays on
    its host.
    """
    result.failures.update({f"{answer.host}, {what}": why for what, why in answer.failures.items()})
    try:
        with FileLock(path.with_suffix(".lab.lock")):
            known = {_key(m) for m in store.load(path).measurements} if path.exists() else set()
            new = [m for m in answer.measurements if _key(m) not in known]
            for measurement in new:
                store.append(path, measurement)
    except (BadStore, OSError) as error:
        result.failures["store"] = f"{error}; {answer.host} keeps what it measured"
        return 0
    result.measurements.extend(new)
    _forget(ray, name, answer)
    return len(new)


def _forget(ray: ModuleType, name: str, answer: at_host.Answer) -> None:
    """The host may do so when it likes: whoever collects again knows what arrived."""
    if not answer.kept:
        return
    how = {"num_cpus": 0, "scheduling_strategy": cluster.only_at(answer.node)}
    ray.remote(**how)(spool.forget).remote(name, [answer.kept])
