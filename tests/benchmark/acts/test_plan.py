"""Which device, which files and how often they are called, from what was asked for."""

from itertools import combinations
from pathlib import Path

import pytest

from irrvit.benchmark.acts import plan
from irrvit.benchmark.acts.options import CallOptions, DeviceOptions, FileOptions, RepeatOptions
from irrvit.benchmark.acts.select import Selection
from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.subject import Subject

WAYS = {"artifacts": (Path("nothing"),), "models": ("irvit",), "suite": "peers"}


class Device:
    RUNTIMES = {"tflite": ("litert",)}  # noqa: RUF012


def select(**options):
    return plan.select_files(FileOptions(**options), Device, lambda *_: None)  # pyright: ignore


@pytest.mark.parametrize("count", [2, 3])
def test_files_are_named_in_one_way(count):
    for ways in combinations(WAYS, count):
        with pytest.raises(BadOptions, match="one of the three"):
            select(**{way: WAYS[way] for way in ways})


def test_a_file_is_opened_and_a_network_looked_for():
    assert list(select(artifacts=WAYS["artifacts"]).problems) == ["nothing"]
    assert list(select(models=WAYS["models"]).problems) == ["irvit"]


def test_a_set_of_networks_is_found_by_its_name():
    with pytest.raises(BadOptions, match="unknown suite 'pears'"):
        select(suite="pears")


def test_an_accelerator_that_a_device_does_not_have_is_refused():
    assert plan.find_device(DeviceOptions(), lambda *_: None) is not None
    with pytest.raises(BadOptions, match="--accelerator got 'gpu': --device host expects cpu"):
        plan.find_device(DeviceOptions(accelerator="gpu"), lambda *_: None)


SUBJECT = Subject("a", "a", "tflite", "fp32", "litert", "a", 1, 1, ())


def test_calls_are_made_as_was_asked_for():
    config = plan.to_config(
        Selection([SUBJECT], {}),
        CallOptions(threads=3, timeout_s=7.0),
        RepeatOptions(iterations=60, repeats=4),
        accelerator="gpu",
    )
    found = (config.runtime, config.accelerator, config.threads, config.timeout_s)
    assert found == ("litert", "gpu", 3, 7.0)
    assert (config.iterations, config.repeats) == (60, 4)


def test_what_was_not_asked_for_is_the_default():
    config = plan.to_config(Selection([SUBJECT], {}), CallOptions())
    assert (config.accelerator, config.threads) == ("cpu", CallOptions().threads)
    assert (config.iterations, config.repeats) == (RepeatOptions().iterations, 8)
