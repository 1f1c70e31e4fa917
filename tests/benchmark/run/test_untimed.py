"""Outputs of a device are held against those of this machine, picture by picture."""

from types import SimpleNamespace

import numpy as np
import pytest

from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import HostParity, RunConfig
from irrvit.benchmark.run import untimed
from irrvit.benchmark.run.untimed import to_host_parity

HERE = [np.array([1.0, -4.0, 2.0]), np.array([10.0, 5.0, 0.0])]


def test_equal_outputs_have_no_difference():
    assert to_host_parity(HERE, HERE) == HostParity(pictures=2, max_rel=0.0, same_decisions=2)


@pytest.mark.parametrize(("picture", "error", "max_rel"), [(0, 0.4, 0.1), (1, 0.4, 0.04)])
def test_a_difference_is_a_share_of_the_largest_output_of_its_picture(picture, error, max_rel):
    there = [logits.copy() for logits in HERE]
    there[picture][1] += error
    assert to_host_parity(there, HERE).max_rel == pytest.approx(max_rel)


def test_the_largest_of_all_pictures_counts():
    there = [HERE[0] + [0, 0.4, 0], HERE[1] + [0, 0.4, 0]]
    assert to_host_parity(there, HERE).max_rel == pytest.approx(0.1)


def test_pictures_that_are_named_alike_are_counted():
    there = [HERE[0], HERE[1][::-1]]
    assert to_host_parity(there, HERE).same_decisions == 1


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_what_is_not_finite_has_no_difference(broken):
    there = [HERE[0], np.array([broken, 5.0, 0.0])]
    assert to_host_parity(there, HERE).max_rel is None


def test_no_picture_at_all_has_no_difference():
    assert to_host_parity([], []) == HostParity(pictures=0, max_rel=None, same_decisions=0)


def test_the_golden_pictures_are_shown_and_their_outputs_kept(fake, subject):
    answers = untimed.answer_golden(fake, subject("a"), fake.config)
    assert answers.agreement.passed
    assert [logits.tolist() for logits in answers.logits] == [[0.0, 5.0, 1.0]]
    assert answers.load_info.runtime_version == "fake 1"
    assert fake.open_processes == []


def test_a_file_that_cannot_be_run_is_a_failure_and_said(fake, subject):
    result = untimed.run(fake, [subject("corrupt")], fake.config, fake.notify)
    why = "its runtime says: not a model"
    assert (result.measurements, result.interrupted) == ([], False)
    assert result.failures == {"corrupt tflite-fp32 litert": why}
    assert [stage for _, stage in fake.said] == ["showing it 1 pictures", f"failed: {why}"]


def test_ctrl_c_ends_it_and_keeps_what_was_found_out(fake, subject):
    def open(path, config):
        raise KeyboardInterrupt

    fake.open = open
    result = untimed.run(fake, [subject("a"), subject("b")], fake.config, fake.notify)
    assert result.interrupted
    assert [name for name, _ in fake.said] == ["a tflite-fp32 litert", "all"]


class BrightnessProcess:
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


class BrightnessDevice:
    def __init__(self, *, emulated=True, fails_at=None):
        self.emulated, self.fails_at, self.processes = emulated, fails_at, []

    def describe(self):
        return SimpleNamespace(kind="fake", cores=3, emulated=self.emulated)

    def open(self, path, config):
        self.processes.append(BrightnessProcess(self.fails_at))
        return self.processes[-1]


def ask(device, pixels):
    config = RunConfig(runtime="litert")
    return untimed.answer_pictures(device, "net.tflite", pixels, config, lambda told: None)


@pytest.mark.parametrize("emulated", [True, False])
def test_logits_come_in_the_order_of_the_pictures(emulated):
    pixels = np.arange(10, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    device = BrightnessDevice(emulated=emulated)
    assert ask(device, pixels)[:, 0].tolist() == list(range(10))
    assert len(device.processes) == (3 if emulated else 1)
    assert all(process.closed for process in device.processes)


def test_a_process_that_dies_ends_all_of_them():
    device = BrightnessDevice(fails_at=4.0)
    pixels = np.arange(10, dtype=np.uint8)[:, None, None, None] * np.ones((1, 8, 8, 3), np.uint8)
    with pytest.raises(CommandFailed):
        ask(device, pixels)
    assert all(process.closed for process in device.processes)
