"""Energy of a call beyond idling, on a device whose power is known."""

import time
from typing import Any, cast

import numpy as np
import pytest

from irrvit.benchmark.device import TimedBlock
from irrvit.benchmark.errors import RuntimeUnavailable
from irrvit.benchmark.run import energy, isolated
from irrvit.benchmark.run.energy import Window

IDLE_MW, CALL_MJ, CALL_MS = 900.0, 12.0, 5.0


class Process:
    """Each call uses energy, and no time but its own; `calls` has how many were asked for."""

    def __init__(self, meter, call_ms=CALL_MS):
        self.meter, self.call_ms, self.calls = meter, call_ms, []

    def time(self, calls, *, untimed=0):
        self.calls.append(calls)
        self.meter.used_mj += calls * CALL_MJ
        time.sleep(calls * self.call_ms / 1000)
        return TimedBlock((self.call_ms,) * calls, 0.0, calls * self.call_ms, 0.0)


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


@pytest.mark.parametrize(("call_ms", "calls"), [(5.0, 10), (4.0, 12), (40.0, 1), (120.0, 1)])
def test_a_window_has_as_many_calls_as_fit_and_one_at_least(call_ms, calls):
    process = Process(Meter(), call_ms)
    energy.measure(cast(Any, process), process.meter, window_s=0.05)
    assert process.calls == [5, *[calls] * 5]


QUIET, UNSURE = [100.0, 100.0, 100.0], [90.0, 100.0, 110.0]
LEVEL, UNEVEN = [1100.0] * 5, [1000.0, 1050.0, 1100.0, 1150.0, 1200.0]
OF_IDLE, OF_BUSY = 10 / 3**0.5 * 0.02, 2.5**0.5 / 5**0.5


@pytest.mark.parametrize(
    ("idle_mw", "busy_mw", "doubt"),
    [
        (QUIET, LEVEL, 0.0),
        (UNSURE, LEVEL, OF_IDLE),
        (QUIET, UNEVEN, OF_BUSY),
        (UNSURE, UNEVEN, (OF_IDLE**2 + OF_BUSY**2) ** 0.5),
    ],
)
def test_its_uncertainty_is_that_of_the_calls_and_that_of_idling(idle_mw, busy_mw, doubt):
    """Windows of 2 s with 100 calls each: 1000 mW more than idle are 20 mJ for a call."""
    idle, busy = ([Window(mw, 2.0) for mw in side] for side in (idle_mw, busy_mw))
    found = energy.cost_of_call(idle, busy, calls=100, source="a counter")
    assert found.mj_per_call == pytest.approx(20.0)
    # Student's t for five windows, 95 %.
    assert found.uncertainty_mj == pytest.approx(2.7764 * doubt, rel=1e-4)


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
