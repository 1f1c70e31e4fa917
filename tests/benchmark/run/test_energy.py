"""Energy of a call beyond idling, on a device whose power is known."""

import time
from typing import Any, cast

import numpy as np
import pytest

from irrvit.benchmark.device import TimedBlock
from irrvit.benchmark.errors import RuntimeUnavailable
from irrvit.benchmark.run import energy, isolated

IDLE_MW, CALL_MJ, CALL_MS = 900.0, 12.0, 5.0


class Process:
    """Each call uses energy, and no time but its own."""

    def __init__(self, meter):
        self.meter = meter

    def time(self, calls, *, untimed=0):
        self.meter.used_mj += calls * CALL_MJ
        time.sleep(calls * CALL_MS / 1000)
        return TimedBlock((CALL_MS,) * calls, 0.0, calls * CALL_MS, 0.0)


class Meter:
    """Counts exactly, or with some noise."""

    source = "a counter"

    def __init__(self, noise=0.0):
        self.used_mj, self.noise = 0.0, noise
        self.generator = np.random.default_rng(0)

    def energy_mj(self, act):
        before, start = self.used_mj, time.perf_counter()
        act()
        idle = IDLE_MW * (time.perf_counter() - start)
        return (self.used_mj - before + idle) * (1 + self.generator.normal(0, self.noise))


@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_what_a_call_costs_is_found_within_its_uncertainty(noise):
    meter = Meter(noise)
    found = energy.measure(cast(Any, Process(meter)), meter, window_s=0.05)
    doubt = found.uncertainty_mj or 0.0
    assert found.mj_per_call == pytest.approx(CALL_MJ, abs=doubt + 0.3)
    assert doubt < 0.3 * CALL_MJ
    assert found.source == "a counter"


def test_a_device_without_a_meter_now_says_why():
    class Workload:
        failure, energy = None, None

    class Device:
        def meter(self):
            raise RuntimeUnavailable("its cable feeds it")

    workload: Any = Workload()
    isolated.measure_energy(cast(Any, Device()), [workload], lambda name, stage: None)
    assert (workload.energy.mj_per_call, workload.energy.source) == (
        None,
        "not available: its cable feeds it",
    )
