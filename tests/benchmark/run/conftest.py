"""A device that obeys a script, and runs on it."""

from collections.abc import Mapping

import numpy as np
import pytest

from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import DeviceState, Placement, RunConfig
from irrvit.benchmark.results.golden import GoldenPicture
from irrvit.benchmark.run import rounds
from irrvit.benchmark.subject import Subject

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
        return TimedBlock((ms,) * calls, ms * calls, ms * calls, self.device.background_ms)

    def logits(self):
        """What was set, or the next of several that were."""
        answers = self.device.logits.get(self.path, LOGITS)
        return answers.pop(0) if isinstance(answers, list) else answers

    def peak_memory_bytes(self):
        self.device.events.append((self.path, "memory"))
        return 2000

    def close(self):
        if self.path in self.device.open_processes:
            self.device.open_processes.remove(self.path)


class FakeDevice:
    def __init__(self, info):
        self.info, self.config = info, CONFIG
        self.RUNTIMES: Mapping[str, tuple[str, ...]] = {"tflite": ("litert",)}
        self.events, self.open_processes = [], []
        self.latency_ms, self.logits, self.dies_at, self.unloadable = {}, {}, {}, ()
        self.fault: BaseException = CommandFailed("its process died (SIGSEGV)")
        self.on_fault = lambda: None
        self.background_ms, self.said = 0.0, []

    def describe(self):
        return self.info

    def state(self):
        return DeviceState(load=0.0, at_utc="2026-01-01T00:00:00+00:00")

    def open(self, path, config):
        if path in ("corrupt", *self.unloadable):
            raise CommandFailed("its runtime says: not a model")
        return FakeProcess(self, path)

    def run(self, *names, config=CONFIG):
        """Measure files of these names; `said` has what was told meanwhile."""
        return rounds.run(self, [_subject(name) for name in names], config, self.notify)

    def notify(self, name, stage):
        self.said.append((name, stage))


@pytest.fixture
def fake(device):
    return FakeDevice(device)


def _subject(name):
    picture = GoldenPicture("cat.jpg", np.zeros((1, 2, 2, 3)), (1,), (5.0,), 1e-4)
    return Subject(name, name, "tflite", "fp32", "litert", name, 1, 10**6, (picture,))


@pytest.fixture
def subject():
    """Makes a file of a name, with one golden picture."""
    return _subject
