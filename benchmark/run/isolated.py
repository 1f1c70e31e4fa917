"""What is measured of each file alone, in a fresh process, once it has been timed."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from irrvit.benchmark.device import Device
from irrvit.benchmark.errors import BenchmarkError, DeviceLost
from irrvit.benchmark.measurement import Energy, RunConfig
from irrvit.benchmark.run import energy
from irrvit.benchmark.run.rounds import Lane
from irrvit.model.progress import Notify


def measure_memory(device: Device, lanes: Sequence[Lane], notify: Notify) -> None:
    """The process does nothing but load the file and call it."""

    def measure(lane: Lane) -> None:
        process = device.open(lane.path, lane.config)
        try:
            process.set_input(lane.pixels)
            process.time(3)
            lane.memory_bytes = process.peak_memory_bytes()
        finally:
            process.close()

    _each(lanes, measure, notify)


def compare_with_cpu(device: Device, lanes: Sequence[Lane], notify: Notify) -> None:
    """Two processors round differently: what is alike to the last bit never left the CPU."""

    def compare(lane: Lane) -> None:
        on_cpu = lane.config.model_copy(update={"accelerator": "cpu"})
        ours, theirs = (_answer(device, lane, config) for config in (lane.config, on_cpu))
        if lane.agreement is not None:
            equal = bool(np.array_equal(ours, theirs))
            lane.agreement = lane.agreement.model_copy(update={"equals_cpu": equal})

    _each([lane for lane in lanes if lane.config.accelerator != "cpu"], compare, notify)


def _answer(device: Device, lane: Lane, config: RunConfig) -> np.ndarray:
    process = device.open(lane.path, config)
    try:
        process.set_input(lane.pixels)
        return process.logits()
    finally:
        process.close()


def measure_energy(device: Device, lanes: Sequence[Lane], notify: Notify) -> None:
    """Where the device has a meter; its windows are no part of what is timed."""
    if not isinstance(device, energy.Metered):
        return
    try:
        meter = device.meter()
    except BenchmarkError as error:
        for lane in lanes:
            lane.energy = Energy(source=f"not available: {error}")
        return

    def measure(lane: Lane) -> None:
        notify(lane.name, f"measuring its energy by {meter.source}")
        process = device.open(lane.path, lane.config)
        try:
            process.set_input(lane.pixels)
            lane.energy = energy.measure(process, meter)
        finally:
            process.close()

    _each(lanes, measure, notify)


def _each(lanes: Sequence[Lane], measure: Callable[[Lane], None], notify: Notify) -> None:
    """What was timed stands, whether or not this figure comes."""
    for lane in lanes:
        if lane.failure is not None:
            continue
        try:
            measure(lane)
        except DeviceLost as error:
            return notify("all", str(error))
        except BenchmarkError as error:
            notify(lane.name, f"failed: {error}")
