"""What is measured after the timing costs nothing that was timed."""

import numpy as np
import pytest

from irrvit.benchmark.errors import CommandFailed, DeviceLost, RuntimeUnavailable
from irrvit.benchmark.measurement import GoldenAgreement, RunConfig
from irrvit.benchmark.run import energy, isolated
from irrvit.benchmark.run.workload import Workload


def workloads(*names, accelerator="cpu"):
    config = RunConfig(runtime="litert", accelerator=accelerator)
    return [
        Workload(name, name, config, np.zeros(1), agreement=GoldenAgreement(cases=1))
        for name in names
    ]


def test_memory_is_that_of_a_process_that_was_called_three_times(fake):
    made = workloads("a")
    isolated.measure_memory(fake, made, fake.notify)
    assert fake.events == [("a", 3), ("a", "memory")]
    assert made[0].memory_bytes == 2000
    assert fake.open_processes == []


def test_a_file_that_has_failed_is_left_alone(fake):
    made = workloads("a", "b", "c")
    made[1].failure = "it died"
    isolated.measure_memory(fake, made, fake.notify)
    assert [one.memory_bytes for one in made] == [2000, None, 2000]


def test_a_figure_that_does_not_come_is_said_and_the_others_come(fake):
    made = workloads("a", "corrupt", "c")
    isolated.measure_memory(fake, made, fake.notify)
    assert [one.memory_bytes for one in made] == [2000, None, 2000]
    assert made[1].failure is None
    assert fake.said == [("corrupt", "failed: its runtime says: not a model")]


def test_a_device_that_goes_is_asked_for_no_more_figures(fake):
    fake.dies_at["b"], fake.fault = 0, DeviceLost("the cable is loose")
    made = workloads("a", "b", "c")
    isolated.measure_memory(fake, made, fake.notify)
    assert [one.memory_bytes for one in made] == [2000, None, None]
    assert fake.said == [("all", "the cable is loose")]
    assert fake.open_processes == []


def test_only_what_did_not_run_on_the_cpu_is_compared_with_it(fake):
    """Nor where the runtime chose: it may well have chosen the CPU."""
    asked = ("cpu", "gpu", "all")
    made = [workload for one in asked for workload in workloads(one, accelerator=one)]
    isolated.compare_with_cpu(fake, made, fake.notify)
    assert [one.agreement and one.agreement.equals_cpu for one in made] == [None, True, None]
    assert fake.open_processes == []


def test_what_nobody_checked_is_not_compared_with_the_cpu(fake):
    (made,) = workloads("a", accelerator="gpu")
    made.agreement = None
    isolated.compare_with_cpu(fake, [made], fake.notify)
    assert made.agreement is None


class Counter:
    """Of each file 900 mW in three windows of nothing, then 3000 mW in five of calls."""

    source, windows = "a counter", 0

    def energy_mj(self, act):
        act()
        self.windows += 1
        return 2700.0 if self.windows % 8 in (1, 2, 3) else 3000.0


class Clock:
    """A second passes with each look at it."""

    now = 0.0

    def perf_counter(self):
        self.now += 1.0
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def test_energy_is_measured_of_each_file_where_there_is_a_meter(fake, monkeypatch):
    monkeypatch.setattr(energy, "time", Clock())
    fake.meter = Counter
    made = workloads("a", "corrupt", "c")
    isolated.measure_energy(fake, made, fake.notify)
    assert [one.energy and one.energy.source for one in made] == ["a counter", None, "a counter"]
    assert ("a", "measuring its energy by a counter") in fake.said
    assert fake.open_processes == []


@pytest.mark.parametrize("error", [RuntimeUnavailable("its cable feeds it"), CommandFailed("busy")])
def test_why_there_is_no_energy_is_said_in_its_place(fake, error):
    def meter():
        raise error

    fake.meter = meter
    made = workloads("a", "b")
    isolated.measure_energy(fake, made, fake.notify)
    assert {one.energy.source for one in made if one.energy} == {f"not available: {error}"}
    assert all(one.energy and one.energy.mj_per_call is None for one in made)


def test_a_device_that_never_has_a_meter_says_nothing_of_energy(fake):
    made = workloads("a")
    isolated.measure_energy(fake, made, fake.notify)
    assert made[0].energy is None
