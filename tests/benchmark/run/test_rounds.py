"""The order of a run, its faults and Ctrl-C, on a device that obeys a script."""

import numpy as np
import pytest

from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.measurement import DeviceState, Placement, RunConfig
from irrvit.benchmark.results import validity
from irrvit.benchmark.results.golden import GoldenPicture
from irrvit.benchmark.run import rounds
from irrvit.benchmark.subjects import Subject

CONFIG = RunConfig(runtime="litert", iterations=50, seconds=1.0, repeats=3, settle_s=0)
LOGITS = np.array([0.0, 5.0, 1.0])


class FakeProcess:
    """Answers without computing; latencies say how long a call would have taken."""

    def __init__(self, device, path):
        self.device, self.path = device, path
        self.load_info = LoadInfo(20.0, "fake 1", Placement(accelerator="cpu"), 1000)
        device.open_processes.append(path)

    def set_input(self, pixels):
        self.pixels = pixels

    def time(self, calls, *, untimed=0):
        self.device.events.append((self.path, calls))
        if (
            self.path in self.device.dies_at
            and len(self.device.events) > self.device.dies_at[self.path]
        ):
            self.device.on_fault()
            raise self.device.fault
        ms = self.device.latency_ms.get(self.path, 10.0)
        return TimedBlock((ms,) * calls, ms * calls, ms * calls, 0.0)

    def logits(self):
        return self.device.logits.get(self.path, LOGITS)

    def peak_memory_bytes(self):
        return 2000

    def close(self):
        if self.path in self.device.open_processes:
            self.device.open_processes.remove(self.path)


class FakeDevice:
    def __init__(self, info):
        self.info, self.RUNTIMES = info, {"tflite": ("litert",)}
        self.events, self.open_processes = [], []
        self.latency_ms, self.logits, self.dies_at, self.unloadable = {}, {}, {}, ()
        self.fault: BaseException = CommandFailed("its process died (SIGSEGV)")
        self.on_fault = lambda: None

    def describe(self):
        return self.info

    def state(self):
        return DeviceState(load=0.0, at_utc="2026-01-01T00:00:00+00:00")

    def open(self, path, config):
        if path in ("corrupt", *self.unloadable):
            raise CommandFailed("its runtime says: not a model")
        return FakeProcess(self, path)


@pytest.fixture
def fake(device):
    return FakeDevice(device)


def subject(name):
    picture = GoldenPicture("cat.jpg", np.zeros((1, 2, 2, 3)), (1,), (5.0,), 1e-4)
    return Subject(name, name, "tflite", "fp32", "litert", name, 1, 10**6, (picture,))


def run(fake, *names, config=CONFIG):
    return rounds.run(fake, [subject(name) for name in names], config, lambda name, stage: None)


def test_a_run_gives_a_valid_measurement_with_all_that_belongs_to_it(fake):
    (measurement,) = run(fake, "a").measurements
    assert validity.check(measurement) == []
    assert len(measurement.repeats) == CONFIG.repeats
    assert all(len(repeat.latencies_ms) >= CONFIG.iterations for repeat in measurement.repeats)
    assert all(sum(repeat.latencies_ms) >= 1000 * CONFIG.seconds for repeat in measurement.repeats)
    assert (measurement.peak_memory_bytes, measurement.idle_memory_bytes) == (2000, 1000)
    assert measurement.peak_gmacs == pytest.approx(1024**3 / 10 / 1e6)
    assert fake.open_processes == []


def test_files_are_timed_in_turn_there_and_back_again(fake):
    run(fake, "a", "b", config=CONFIG.model_copy(update={"repeats": 1}))
    blocks = [path for path, calls in fake.events if calls == 10]
    assert "".join(path[0] for path in blocks if path in "ab")[:8] == "abbaabba"


def test_a_process_that_dies_is_a_failure_and_the_others_go_on(fake):
    fake.dies_at["b"] = 40
    outcome = run(fake, "a", "b", "c")
    assert [m.variant for m in outcome.measurements] == ["a", "c"]
    assert list(outcome.failures.values()) == ["its process died (SIGSEGV)"]
    assert all(len(m.repeats) == CONFIG.repeats for m in outcome.measurements)
    assert fake.open_processes == []


def test_a_file_that_cannot_be_loaded_is_a_failure_and_the_others_go_on(fake):
    outcome = run(fake, "corrupt", "a")
    assert [m.variant for m in outcome.measurements] == ["a"]
    assert list(outcome.failures.values()) == ["its runtime says: not a model"]


def test_ctrl_c_keeps_what_was_measured(fake):
    fake.dies_at["a"], fake.fault = 30, KeyboardInterrupt()
    outcome = run(fake, "a", "b")
    assert outcome.interrupted
    assert {m.variant for m in outcome.measurements} == {"a", "b"}
    assert all(m.interrupted and m.latencies_ms for m in outcome.measurements)
    assert fake.open_processes == []


def test_a_wrong_answer_makes_a_measurement_invalid(fake):
    fake.logits["a"] = LOGITS[::-1] * [0, 0, 1]
    (measurement,) = run(fake, "a").measurements
    issues = validity.check(measurement)
    assert [issue.code for issue in issues if issue.blocking] == ["wrong-output"]


def test_a_device_that_goes_and_comes_back_is_gone_on_with_and_nothing_is_lost(fake):
    fake.dies_at["b"], fake.fault = 40, DeviceLost("the cable is loose")
    fake.on_fault = lambda: fake.dies_at.clear()
    outcome = run(fake, "a", "b")
    assert outcome.failures == {}
    assert [len(m.repeats) for m in outcome.measurements] == [CONFIG.repeats] * 2
    assert all(validity.check(m) == [] for m in outcome.measurements)
    assert fake.open_processes == []


def test_a_device_that_goes_for_good_leaves_what_was_measured_and_a_failure(fake):
    fake.dies_at["b"], fake.fault = 40, DeviceLost("it did not come back", is_final=True)
    outcome = run(fake, "a", "b")
    assert set(outcome.failures.values()) == {"it did not come back"}
    assert {m.variant for m in outcome.measurements} == {"a", "b"}
    assert all(m.interrupted and m.latencies_ms for m in outcome.measurements)
    assert not outcome.interrupted


def test_a_device_that_cannot_even_say_how_it_is_at_the_end_loses_nothing(fake):
    calls = []

    def state():
        calls.append(1)
        if len(calls) > 2:
            raise DeviceLost("gone")
        return DeviceState(load=0.0, at_utc="2026-01-01T00:00:00+00:00")

    fake.state = state
    (measurement,) = run(fake, "a").measurements
    assert measurement.after.load is None


def test_a_file_that_is_given_twice_is_measured_twice(fake):
    first, second = run(fake, "a", "a").measurements
    assert len(first.latencies_ms) == len(second.latencies_ms)


def test_a_runtime_without_its_linear_layer_has_no_peak_and_is_measured_all_the_same(fake):
    fake.unloadable = ("linear:1024",)
    outcome = run(fake, "a")
    assert outcome.failures == {}
    assert outcome.measurements[0].peak_gmacs is None


@pytest.mark.parametrize(("on_gpu", "equal"), [(1.0, True), (1.0 + 1e-15, False)])
def test_another_accelerator_is_compared_with_the_cpu_to_the_last_bit(fake, on_gpu, equal):
    opened = fake.open

    def open(path, config):
        process = opened(path, config)
        factor = on_gpu if config.accelerator == "gpu" else 1.0
        process.logits = lambda: LOGITS * factor
        return process

    fake.open = open
    config = CONFIG.model_copy(update={"accelerator": "gpu"})
    (measurement,) = run(fake, "a", config=config).measurements
    assert measurement.golden.equals_cpu is equal


def test_the_cpu_is_not_compared_with_itself(fake):
    (measurement,) = run(fake, "a").measurements
    assert measurement.golden.equals_cpu is None
