"""Which device, which files and which way of calling them options come to."""

from dataclasses import replace
from pathlib import Path

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.acts import plan
from irrvit.benchmark.acts.options import CallOptions, DeviceOptions, FileOptions, RepeatOptions
from irrvit.benchmark.acts.select import Selection
from irrvit.benchmark.errors import BadOptions, DeviceNotFound, RuntimeUnavailable
from irrvit.benchmark.subject import Subject

SUBJECT = Subject("net", "net.onnx", "onnx", "fp32", "onnxruntime", "", 1, 1, ())


def silent(name, stage):
    pass


def test_an_accelerator_that_the_device_does_not_have_is_refused_with_those_that_it_has():
    with pytest.raises(BadOptions, match="got 'gpu': --device host expects cpu"):
        plan.find_device(DeviceOptions("host", "gpu"), silent)


def test_options_of_another_kind_are_refused():
    with pytest.raises(BadOptions, match="does not take --clean"):
        plan.find_device(DeviceOptions("host", own={"clean": True}), silent)


def test_an_unknown_device_is_said(monkeypatch):
    monkeypatch.setenv("ADBUTILS_ADB_PATH", "/nowhere")  # No server is started for this.
    with pytest.raises(DeviceNotFound, match="called 'hots'"):
        plan.find_device(DeviceOptions("hots"), silent)


@pytest.mark.parametrize(
    "options",
    [
        FileOptions(artifacts=(Path("x"),), models=("y",)),
        FileOptions(artifacts=(Path("x"),), suite="peers"),
        FileOptions(models=("y",), suite="peers"),
    ],
)
def test_files_are_named_in_one_way(options):
    with pytest.raises(BadOptions, match="one of the three"):
        plan.select_files(options, kinds.find("host"), silent)


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (FileOptions(artifacts=(Path("x"),), models=("y",)), "one of the three"),
        (FileOptions(suite="pears"), "unknown suite 'pears'"),
        (FileOptions(artifacts=(Path("x"),)), "x does not exist"),
        (FileOptions(artifacts=(Path("x"), Path("y"))), "x, y do not exist"),
    ],
)
def test_what_no_device_can_be_asked_for_is_refused_before_there_is_one(options, why):
    with pytest.raises(BadOptions, match=why):
        plan.check_files(options)


@pytest.mark.parametrize(
    "options",
    [FileOptions(), FileOptions(suite="peers"), FileOptions(artifacts=(Path("x"), Path(__file__)))],
)
def test_what_a_device_may_be_asked_for_is_not(options):
    plan.check_files(options)


def test_a_file_that_is_not_there_is_a_problem_and_no_error():
    options = FileOptions(artifacts=(Path("nothing.onnx"),))
    selection = plan.select_files(options, kinds.find("host"), silent)
    assert selection.subjects == []
    assert "does not exist" in selection.problems["nothing.onnx"]


def test_a_config_has_what_was_asked_for():
    config = plan.to_config(
        Selection([SUBJECT], {}), CallOptions(3, 60), RepeatOptions(7, 2), accelerator="gpu"
    )
    assert (config.threads, config.timeout_s) == (3, 60)
    assert (config.iterations, config.repeats) == (7, 2)
    assert (config.accelerator, config.runtime) == ("gpu", "onnxruntime")


def test_a_network_is_looked_for_by_its_name():
    selection = plan.select_files(FileOptions(models=("irvit",)), kinds.find("host"), silent)
    assert list(selection.problems) == ["irvit"]


def test_a_set_of_networks_is_found_by_its_name():
    with pytest.raises(BadOptions, match="unknown suite 'pears'"):
        plan.select_files(FileOptions(suite="pears"), kinds.find("host"), silent)


def test_what_was_not_asked_for_is_the_default():
    config = plan.to_config(Selection([SUBJECT], {}), CallOptions())
    assert (config.accelerator, config.threads) == ("cpu", CallOptions().threads)
    assert (config.iterations, config.repeats) == (RepeatOptions().iterations, 8)


def test_what_is_not_installed_is_said_before_anything_is_measured(monkeypatch):
    def require(runtime):
        if runtime == "litert":
            raise RuntimeUnavailable("the package ai_edge_litert is not installed")

    other = replace(SUBJECT, target="tflite", runtime="litert")
    both = Selection([SUBJECT, other], {"another": "is damaged"})
    monkeypatch.setattr(plan, "from_paths", lambda *_, **__: both)
    host = kinds.find("host")
    monkeypatch.setattr(host, "require", require)
    selection = plan.select_files(FileOptions(artifacts=(Path("x"),)), host, silent)
    assert selection.subjects == [SUBJECT]
    assert selection.problems == {
        "another": "is damaged",
        other.label: "the package ai_edge_litert is not installed",
    }
