"""Energy of a call beyond idling, on a device whose power is known."""

import time
from typing import Any, cast

import numpy as np
import pytest

from irrvit.benchmark.device import TimedBlock
from irrvit.benchmark.errors import CommandFailed, RuntimeUnavailable
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


@pytest.mark.parametrize(
    ("idle_mw", "busy_mw", "why"),
    [
        (QUIET, LEVEL, None),
        ([10.0] * 3, LEVEL, None),
        ([9.9] * 3, LEVEL, "it would draw 9.9 mW when it is idle, which none does"),
        ([15_000.0] * 3, [20_000.0] * 5, None),
        ([15_001.0] * 3, [20_000.0] * 5, "when it is idle, which none does"),
        (QUIET, [60_000.0] * 5, None),
        (QUIET, [60_001.0] * 5, "it would draw 100 to 6e+04 mW, which none does"),
        # A current in another unit than was thought.
        ([0.9] * 3, [3.3] * 5, "it would draw 0.9 mW when it is idle"),
        # A gauge that is always 0, or vanished.
        ([0.0] * 3, [0.0] * 5, "it would draw 0 to 0 mW, which none does"),
        (QUIET, [*LEVEL[:4], -5.0], "it would draw -5 to"),
        (QUIET, [*LEVEL[:4], float("nan")], "which none does"),
        # One that says the same for ever, but for what time takes.
        ([900.0, 900.2, 900.1], [900.1] * 5, "stands still at 900 mW"),
        ([900.0] * 3, [901.0] * 5, None),
        ([1100.0] * 3, [1000.0] * 5, "it drew 1000 mW while it computed and 1100 mW when idle"),
    ],
)
def test_power_that_cannot_be_is_said_why(idle_mw, busy_mw, why):
    idle, busy = ([Window(mw, 2.0) for mw in side] for side in (idle_mw, busy_mw))
    found = energy.why_implausible(idle, busy)
    assert (found is None) if why is None else (found is not None and why in found)


class Constant(Meter):
    """Says that so much is drawn, whatever happens."""

    source = "a gauge"

    def __init__(self, milliwatts):
        super().__init__()
        self.milliwatts = milliwatts

    def energy_mj(self, act):
        start = time.perf_counter()
        act()
        return self.milliwatts * (time.perf_counter() - start)


@pytest.mark.parametrize(("milliwatts", "why"), [(0.0, "which none does"), (900.0, "stands still")])
def test_a_gauge_that_says_nothing_gives_a_reason_and_no_figure(milliwatts, why):
    meter = Constant(milliwatts)
    found = energy.measure(cast(Any, Process(meter)), meter, window_s=0.1)
    assert (found.mj_per_call, found.uncertainty_mj) == (None, None)
    assert found.source.startswith("not available: ")
    assert why in found.source


def test_what_is_lost_in_the_noise_of_idling_is_no_figure():
    class Restless(Constant):
        def energy_mj(self, act):
            self.milliwatts = 900 + 400 * self.generator.random()
            return super().energy_mj(act)

    meter = Restless(900.0)
    for seed in range(3):
        meter.generator = np.random.default_rng(seed)
        found = energy.measure(cast(Any, Process(meter)), meter, window_s=0.02)
        assert found.mj_per_call is None
        assert "not available: " in found.source


def test_a_meter_that_is_not_believed_any_more_says_why_in_the_result():
    class Vanishing:
        source = "power rails"

        def energy_mj(self, act):
            raise CommandFailed("its power rails vanished while it was measured")

    class Opened(Process):
        def set_input(self, pixels):
            pass

        def close(self):
            pass

    class Device:
        def meter(self):
            return Vanishing()

        def open(self, path, config):
            return Opened(Meter())

    class Workload:
        name, path, config, pixels, failure, energy = "net", "net", None, None, None, None

    workload: Any = Workload()
    isolated.measure_energy(cast(Any, Device()), [workload], lambda name, stage: None)
    assert (workload.energy.mj_per_call, workload.energy.source) == (
        None,
        "not available: its power rails vanished while it was measured",
    )


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
