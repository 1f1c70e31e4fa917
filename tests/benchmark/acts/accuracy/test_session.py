"""Every picture reaches the file, in its order, however many processes there are."""

from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from irrvit.benchmark.acts.accuracy import session
from irrvit.benchmark.acts.accuracy.session import Outcome, Sample
from irrvit.benchmark.acts.measure import Request
from irrvit.benchmark.errors import BenchmarkError, CommandFailed
from irrvit.benchmark.measurement import RunConfig
from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.spec import InputSpec

SPEC = InputSpec(
    height=8, width=8, resize=8, interpolation="bilinear", mean=(0, 0, 0), std=(1, 1, 1)
)


def pictures(values):
    """Each of one colour, its class the colour's parity."""
    return Pictures(
        lambda i: Image.new("RGB", (8, 8), (values[i],) * 3), np.array(values, np.int64) % 2
    )


@pytest.fixture
def data():
    return Dataset(
        name="greys",
        labels=("even", "odd"),
        train=pictures([10, 11, 12]),
        held_out=pictures([20, 21]),
        test=None,
        mean=(0, 0, 0),
        std=(1, 1, 1),
        crop=1.0,
        sha256="00" * 32,
    )


class FakeProcess:
    """Says how bright the picture is, and the negative of it."""

    def __init__(self, fails_at):
        self.fails_at, self.closed = fails_at, False

    def set_input(self, pixels):
        self.brightness = float(pixels.mean())
        if self.brightness == self.fails_at:
            raise CommandFailed("its process died")

    def logits(self):
        return np.array([self.brightness, -self.brightness])

    def close(self):
        self.closed = True


class FakeDevice:
    def __init__(self, *, emulated=True, fails_at=None):
        self.emulated, self.fails_at, self.processes = emulated, fails_at, []

    def describe(self):
        return SimpleNamespace(kind="fake", cores=3, emulated=self.emulated)

    def open(self, path, config):
        self.processes.append(FakeProcess(self.fails_at))
        return self.processes[-1]


def ask(device, pixels):
    config = RunConfig(runtime="litert")
    return session.logits(device, "net.tflite", pixels, config, lambda told: None)


@pytest.mark.parametrize("emulated", [True, False])
def test_logits_come_in_the_order_of_the_pictures(emulated):
    pixels = np.arange(10, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    device = FakeDevice(emulated=emulated)
    assert ask(device, pixels)[:, 0].tolist() == list(range(10))
    assert len(device.processes) == (3 if emulated else 1)
    assert all(process.closed for process in device.processes)


def test_a_process_that_dies_ends_all_of_them():
    device = FakeDevice(fails_at=4.0)
    pixels = np.arange(10, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    with pytest.raises(CommandFailed):
        ask(device, pixels)
    assert all(process.closed for process in device.processes)


def test_a_sample_takes_the_pictures_of_every_part_with_their_classes(data):
    sample = Sample(data, np.array([0, 2, 3]))
    assert sample.pixels(SPEC)[:, 0, 0, 0].tolist() == [10, 12, 20]
    assert sample.classes(("odd", "even")).tolist() == [1, 1, 1]


def test_a_sample_is_spread_over_the_whole_set(data):
    assert session.draw(data, 3).indices.tolist() == [0, 2, 4]
    assert session.draw(data, 1000).indices.tolist() == [0, 1, 2, 3, 4]


def test_pictures_that_cannot_be_found_are_said_in_a_sentence():
    with pytest.raises(BenchmarkError, match="unknown data 'nothing'"):
        session.run(Request("host", decisions="nothing"), lambda name, stage: None)


def test_nothing_decided_is_no_success():
    assert Outcome([], {}).exit_code == 2
    assert Outcome([], {"net": "died"}).exit_code == 2
