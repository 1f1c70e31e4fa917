"""What is measured of each file alone, in a fresh process, once it has been timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from irrvit.benchmark.device import Device, Metered
from irrvit.benchmark.errors import BenchmarkError, DeviceLost
from irrvit.benchmark.measurement import ANY_ACCELERATOR, Energy, RunConfig
from irrvit.benchmark.run import energy
from irrvit.benchmark.run.workload import Workload
from irrvit.model.progress import Notify


def measure_memory(device: Device, workloads: Sequence[Workload], notify: Notify) -> None:
    """The process does nothing but load the file and call it."""

    def measure(workload: Workload) -> None:
        process = device.open(workload.path, workload.config)
        try:
            process.set_input(workload.pixels)
            process.time(3)
            workload.memory_bytes = process.peak_memory_bytes()
        finally:
            process.close()

    _each(workloads, measure, notify)


def compare_with_cpu(device: Device, workloads: Sequence[Workload], notify: Notify) -> None:
    """Two processors round differently: what is alike to the last bit never left the CPU."""

    def compare(workload: Workload) -> None:
        on_cpu = workload.config.model_copy(update={"accelerator": "cpu"})
        ours, theirs = (_answer(device, workload, config) for config in (workload.config, on_cpu))
        if workload.agreement is not None:
            equal = bool(np.array_equal(ours, theirs))
            workload.agreement = workload.agreement.model_copy(update={"equals_cpu": equal})

    _each(
        [w for w in workloads if w.config.accelerator not in ("cpu", ANY_ACCELERATOR)],
        compare,
        notify,
    )


def _answer(device: Device, workload: Workload, config: RunConfig) -> np.ndarray:
    process = device.open(workload.path, config)
    try:
        process.set_input(workload.pixels)
        return process.logits()
    finally:
        process.close()


def measure_energy(device: Device, workloads: Sequence[Workload], notify: Notify) -> None:
    """Where the device has a meter; its windows are no part of what is timed."""
    if not isinstance(device, Metered):
        return
    try:
        meter = device.meter()
    except BenchmarkError as error:
        for workload in workloads:
            workload.energy = Energy(source=f"not available: {error}")
        return

    def measure(workload: Workload) -> None:
        notify(workload.name, f"measuring its energy by {meter.source}")
        process = device.open(workload.path, workload.config)
        try:
            process.set_input(workload.pixels)
            workload.energy = energy.measure(process, meter)
        except DeviceLost:
            raise
        except BenchmarkError as error:
            workload.energy = Energy(source=f"not available: {error}")
        finally:
            process.close()

    _each(workloads, measure, notify)


def _each(
    workloads: Sequence[Workload], measure: Callable[[Workload], None], notify: Notify
) -> None:
    """What was timed stands, whether or not this figure comes."""
    for workload in workloads:
        if workload.failure is not None:
            continue
        try:
            measure(workload)
        except DeviceLost as error:
            return notify("all", str(error))
        except BenchmarkError as error:
            notify(workload.name, f"failed: {error}")
