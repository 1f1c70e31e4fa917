"""What goes wrong with a phone while it measures: the run goes on, or ends and loses nothing."""

from __future__ import annotations

import json
import os
import shutil
import signal
import threading
import time

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.select import from_paths
from irrvit.benchmark.android import device as android_device
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.results import store, validity
from irrvit.benchmark.results.rows import MeasureResult
from irrvit.benchmark.run import rounds

pytestmark = pytest.mark.needs("adbutils", "onnx", "onnxruntime")
QUICK = RunConfig(
    runtime="onnxruntime",
    iterations=5,
    seconds=0.3,
    repeats=2,
    warmup_s=0,
    settle_s=0,
    start_below_c=37,
)


@pytest.fixture
def found(phone, apk):
    return kinds.find("android", {"apk": apk})


def measure(found, folder, config=QUICK, notify=lambda name, stage: None):
    subjects = from_paths([folder], found.RUNTIMES).subjects
    assert len(subjects) == 1
    return rounds.run(found, subjects, config, notify)


def once(stage, act):
    """Do something in the background when a run says that it is at this stage."""
    done = []

    def notify(name, said):
        if stage in said and not done:
            done.append(said)
            threading.Thread(target=act).start()

    return notify


# A loose cable.


@pytest.mark.slow
def test_a_cable_that_is_pulled_while_it_measures_costs_nothing(phone, found, artifact_folder):
    def pull_and_plug_in():
        time.sleep(0.5)
        phone.set(unplug_after=0)
        time.sleep(2)
        phone.plug_in()

    said = []

    def notify(name, stage):
        said.append(stage)
        pull(name, stage)

    pull = once("repeat 2", pull_and_plug_in)
    outcome = measure(
        found, artifact_folder, config=QUICK.model_copy(update={"seconds": 2}), notify=notify
    )
    (measurement,) = outcome.measurements
    assert outcome.failures == {}
    assert any("is its cable loose?" in stage or "offline" in stage for stage in said)
    assert len(measurement.repeats) == QUICK.repeats
    assert all(sum(repeat.latencies_ms) >= 2000 for repeat in measurement.repeats)
    assert measurement.golden.passed
    assert not measurement.interrupted


@pytest.mark.slow
def test_a_cable_that_stays_out_keeps_what_was_measured(phone, found, artifact_folder, monkeypatch):
    monkeypatch.setattr(android_device, "_RETURN_S", 1.0)
    pull = once("repeat 2", lambda: phone.set(unplug_after=20_000))
    outcome = measure(found, artifact_folder, notify=pull)
    (measurement,) = outcome.measurements
    assert any("did not come back" in failure for failure in outcome.failures.values())
    assert MeasureResult([], outcome.failures).exit_code == 2
    assert len(measurement.repeats[0].latencies_ms) >= 5
    assert measurement.interrupted


@pytest.mark.slow
def test_a_server_that_somebody_else_ends_is_started_again(
    phone, found, artifact_folder, own_server
):
    def end():
        own_server("kill-server")
        time.sleep(1)
        own_server("connect", phone.serial)

    outcome = measure(found, artifact_folder, notify=once("repeat 2", end))
    assert outcome.failures == {}
    assert len(outcome.measurements[0].repeats) == QUICK.repeats


# What happens to the app.


@pytest.mark.slow
def test_an_app_that_the_system_kills_is_a_failure_with_its_reason(phone, found, artifact_folder):
    phone.set(exit_reason="3 (LOW_MEMORY)")
    kill = once("repeat 2", lambda: (time.sleep(1.5), phone.set(kill_app=True)))
    outcome = measure(
        found, artifact_folder, config=QUICK.model_copy(update={"seconds": 3}), notify=kill
    )
    assert outcome.measurements == []
    (failure,) = {text for name, text in outcome.failures.items() if "irrvit" in name}
    assert failure.startswith("the phone ended the app's process (low memory): close other apps")


def test_an_app_that_hangs_is_given_up_after_its_time(phone, found):
    process = found.open("linear:64", QUICK.model_copy(update={"timeout_s": 20.0}))
    process._worker.timeout_s = 0.5  # pyright: ignore[reportAttributeAccessIssue]
    pid = int((phone.folder / "app.pid").read_text())
    os.killpg(pid, signal.SIGSTOP)
    try:
        with pytest.raises(CommandFailed, match=r"did not answer within 0\.5 s"):
            process.time(1)
    finally:
        os.killpg(pid, signal.SIGCONT)
        process.close()


def test_a_damaged_model_is_said_in_the_words_of_its_runtime(found, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(CommandFailed, match="its runtime says: "):
        found.open(str(tmp_path / "broken.onnx"), QUICK)


# Heat, and what is only strange.


@pytest.mark.slow
def test_a_warm_phone_is_waited_for_and_said(phone, found, artifact_folder):
    phone.set(skin_c=37.4)
    said = []
    outcome = measure(found, artifact_folder, notify=lambda name, stage: said.append(stage))
    assert any("C warm, and is to start below 37 C" in stage for stage in said)
    assert (outcome.measurements[0].before.temperature_c or 0) < 37


@pytest.mark.slow
def test_a_phone_that_gets_hot_meanwhile_is_watched_and_its_numbers_are_invalid(
    phone, found, artifact_folder
):
    heat = once("repeat 2", lambda: phone.set(skin_c=46.0))
    (measurement,) = measure(found, artifact_folder, notify=heat).measurements
    issues = {issue.code: issue for issue in validity.check(measurement) if issue.blocking}
    assert "the device slowed itself down (status" in issues["throttled"].detail


@pytest.mark.slow
def test_a_slow_cable_only_takes_longer(phone, found, artifact_folder):
    phone.set(bytes_per_s=4e6)
    outcome = measure(found, artifact_folder, config=QUICK.model_copy(update={"repeats": 1}))
    assert outcome.failures == {}
    assert outcome.measurements[0].golden.passed


@pytest.mark.slow
def test_a_model_with_a_strange_name_is_only_strange(phone, bench, apk, artifact_folder, tmp_path):
    folder = tmp_path / "a; rm -rf $HOME"
    shutil.copytree(artifact_folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    strange = "`reboot`; rm -rf * $(id) '\" .onnx"
    (folder / "manifest.json").write_text(json.dumps(manifest | {"model": strange}))
    kept = tmp_path / "kept.jsonl"
    arguments = (folder, "--device", "pixel", "--apk", apk, "--repeats", 1, "--store", kept)
    done = bench(*arguments)
    assert done.returncode in (0, 1), done.stderr
    (measurement,) = store.load(kept).measurements
    assert measurement.golden.passed


def test_a_file_with_a_strange_name_is_refused(bench, artifact_folder, tmp_path):
    folder = tmp_path / "strange"
    shutil.copytree(artifact_folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(manifest | {"file": "`reboot`.onnx"}))
    done = bench(folder, "--repeats", 1)
    assert done.returncode == 2
    assert "is not a manifest of this version: file" in done.stderr
