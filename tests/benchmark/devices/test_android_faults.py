"""What goes wrong with a phone: each fault has its sentence and its exit code; nothing is lost."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time

import pytest

from irrvit.benchmark import device, session, store, validity
from irrvit.benchmark.android import adb as adb_module
from irrvit.benchmark.android import push
from irrvit.benchmark.device import Options
from irrvit.benchmark.devices import android
from irrvit.benchmark.errors import CommandFailed, DeviceLost, DeviceNotFound
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.subjects import from_paths

pytestmark = pytest.mark.needs("adbutils")
QUICK = RunConfig(
    runtime="onnxruntime",
    iterations=5,
    seconds=0.3,
    repeats=2,
    warmup_s=0,
    settle_s=0,
    start_below_c=37,
)


def bench(*arguments, cwd, **environ):
    done = subprocess.run(
        [sys.executable, "-m", "irrvit.benchmark.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=cwd,
        env=os.environ | environ,
    )
    assert "Traceback" not in done.stderr
    return done


def refused(*arguments, cwd, **environ):
    """The one sentence of a command that exits with 2."""
    done = bench("--device", *arguments, cwd=cwd, **environ)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("irrvit-bench: ")]
    return line


def measure(found, *folders, config=QUICK, notify=lambda name, stage: None):
    subjects = from_paths(folders, found.RUNTIMES, runtime=None).subjects
    assert len(subjects) == len(folders)
    return session.run(found, subjects, config, notify)


def once(stage, act):
    """Do something in the background when a run says that it is at this stage."""
    done = []

    def notify(name, said):
        if stage in said and not done:
            done.append(said)
            threading.Thread(target=act).start()

    return notify


# Before anything is measured.


def test_without_adb_it_is_said_where_to_get_it(tmp_path):
    nowhere = {"ADBUTILS_ADB_PATH": "/nowhere/adb", "ANDROID_ADB_SERVER_PORT": "9"}
    said = refused("pixel", cwd=tmp_path, **nowhere)
    assert "adb is not installed" in said
    assert "apt-get install adb" in said


def test_without_a_phone_it_is_said_how_to_connect_one(own_server, tmp_path):
    said = refused("pixel", cwd=tmp_path)
    assert "no phone is attached: connect one by USB" in said
    assert "irrvit-bench --devices" in said


def test_a_phone_that_does_not_trust_this_computer_says_what_to_tap(phone, tmp_path):
    phone.set(authorized=False)
    phone.plug_in()
    assert "accept the question on its screen" in refused("pixel", cwd=tmp_path)


def test_a_phone_that_does_not_answer_is_to_be_plugged_in_again(phone, own_server, tmp_path):
    phone.set(unplug_after=0)
    own_server("-s", phone.serial, "shell", "true")
    assert "(offline): pull its cable and plug it in again" in refused("android", cwd=tmp_path)


def test_an_empty_answer_of_the_server_is_no_phone(own_server):
    assert adb_module.attached() == []


def test_a_tool_for_another_processor_is_refused(phone, tmp_path):
    tool = tmp_path / "benchmark_model"
    tool.write_bytes(b"\x7fELF" + bytes(14) + (62).to_bytes(2, "little"))
    found = device.find("android", Options(benchmark_binary=tool))
    with pytest.raises(CommandFailed, match=r"is for x86_64, and phone .* is arm64-v8a"):
        found.open("linear:8", QUICK)


# What the phone refuses.


@pytest.mark.parametrize(
    ("condition", "sentence"),
    [
        ({"other_signature": True}, "an app of another signature has its name: remove it"),
        ({"no_abi": True}, "its processor is none the app is built for"),
        ({"locked": True}, "is locked, and apps are slow in the background: unlock it"),
        ({"storage_bytes": 80 << 20}, "is full: .* make room on it, or .* --clean"),
    ],
)
def test_what_the_phone_refuses_is_said_with_what_to_do(phone, apk, condition, sentence):
    there = phone.folder / "root/data/app/org.irrvit.mobile/base.apk"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"another version")
    phone.set(**condition)
    found = device.find("android", Options(apk=apk))
    with pytest.raises(CommandFailed, match=sentence):
        found.open("linear:8", QUICK)


def test_an_app_that_is_nowhere_is_to_be_built(phone, tmp_path):
    found = device.find("android", Options(apk=tmp_path / "none.apk"))
    with pytest.raises(CommandFailed, match="build it with 'make apk'"):
        found.open("linear:8", QUICK)


def test_a_phone_that_fills_up_while_it_is_written_to_says_so(phone, monkeypatch):
    monkeypatch.setattr(push, "_require_room", lambda *_: None)
    phone.set(storage_bytes=1 << 20)
    with pytest.raises(CommandFailed, match="No space left on device; make room on it"):
        push.push(adb_module.Phone(phone.serial), bytes(3 << 20), ".tflite")
    assert phone.files == {}


def test_what_is_damaged_on_its_way_is_found_and_removed(phone):
    phone.set(damages=True)
    with pytest.raises(CommandFailed, match=r"what arrived .* is not what was sent"):
        push.push(adb_module.Phone(phone.serial), b"a model", ".tflite")
    assert phone.files == {}


def test_a_command_that_does_not_end_is_given_up_after_its_time(phone):
    started = time.monotonic()
    with pytest.raises(CommandFailed, match=r"did not answer within 0\.5 s \('sleep'\)"):
        adb_module.Phone(phone.serial).run("sleep", "60", timeout_s=0.5)
    assert time.monotonic() - started < 10


# A loose cable.


def test_a_push_that_was_cut_short_goes_on_where_it_was(phone):
    content, there = os.urandom(3 * push.PART_BYTES), adb_module.Phone(phone.serial)
    phone.set(unplug_after=push.PART_BYTES * 3 // 2)
    with pytest.raises(DeviceLost, match=r"is gone|offline"):
        push.push(there, content, ".tflite")
    phone.plug_in()
    sent = []
    path = push.push(there, content, ".tflite", notify=sent.append)
    assert sent == ["sending tflite, part 2 of 3", "sending tflite, part 3 of 3"]
    assert list(phone.files) == [os.path.basename(path)]
    assert phone.files[os.path.basename(path)].read_bytes() == content


def test_a_phone_that_does_not_come_back_is_given_up(phone, own_server):
    phone.set(unplug_after=0)
    own_server("-s", phone.serial, "shell", "true")
    with pytest.raises(DeviceLost, match="did not come back within 1 s: plug it in") as caught:
        adb_module.Phone(phone.serial).wait_until_back(1)
    assert caught.value.is_final


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_cable_that_is_pulled_while_it_measures_costs_nothing(phone, apk, artifact_folder):
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
    found = device.find("android", Options(apk=apk))
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
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_cable_that_stays_out_keeps_what_was_measured(phone, apk, artifact_folder, monkeypatch):
    monkeypatch.setattr(android, "_RETURN_S", 1.0)
    pull = once("repeat 2", lambda: phone.set(unplug_after=20_000))
    found = device.find("android", Options(apk=apk))
    outcome = measure(found, artifact_folder, notify=pull)
    (measurement,) = outcome.measurements
    assert any("did not come back" in failure for failure in outcome.failures.values())
    assert len(measurement.repeats[0].latencies_ms) >= 5
    assert measurement.interrupted


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_server_that_somebody_else_ends_is_started_again(phone, apk, artifact_folder, own_server):
    def end():
        own_server("kill-server")
        time.sleep(1)
        own_server("connect", phone.serial)

    found = device.find("android", Options(apk=apk))
    outcome = measure(found, artifact_folder, notify=once("repeat 2", end))
    assert outcome.failures == {}
    assert len(outcome.measurements[0].repeats) == QUICK.repeats


# What happens to the app.


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_an_app_that_the_system_kills_is_a_failure_with_its_reason(phone, apk, artifact_folder):
    phone.set(exit_reason="3 (LOW_MEMORY)")
    kill = once("repeat 2", lambda: (time.sleep(1.5), phone.set(kill_app=True)))
    found = device.find("android", Options(apk=apk))
    outcome = measure(
        found, artifact_folder, config=QUICK.model_copy(update={"seconds": 3}), notify=kill
    )
    assert outcome.measurements == []
    (failure,) = {text for name, text in outcome.failures.items() if "irrvit" in name}
    assert failure.startswith("the phone ended the app's process (low memory): close other apps")


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_an_app_that_hangs_is_given_up_after_its_time(phone, apk):
    found = device.find("android", Options(apk=apk))
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


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_damaged_model_is_said_in_the_words_of_its_runtime(phone, apk, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    found = device.find("android", Options(apk=apk))
    with pytest.raises(CommandFailed, match="its runtime says: "):
        found.open(str(tmp_path / "broken.onnx"), QUICK)


# Heat, and what is only strange.


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_warm_phone_is_waited_for_and_said(phone, apk, artifact_folder):
    phone.set(skin_c=37.4)
    said = []
    found = device.find("android", Options(apk=apk))
    outcome = measure(found, artifact_folder, notify=lambda name, stage: said.append(stage))
    assert any("C warm, and is to start below 37 C" in stage for stage in said)
    assert (outcome.measurements[0].before.temperature_c or 0) < 37


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_phone_that_gets_hot_meanwhile_is_watched_and_its_numbers_are_invalid(
    phone, apk, artifact_folder
):
    heat = once("repeat 2", lambda: phone.set(skin_c=46.0))
    found = device.find("android", Options(apk=apk))
    (measurement,) = measure(found, artifact_folder, notify=heat).measurements
    issues = {issue.code: issue for issue in validity.check(measurement) if issue.blocking}
    assert "the device slowed itself down (status" in issues["throttled"].detail


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_slow_cable_only_takes_longer(phone, apk, artifact_folder):
    phone.set(bytes_per_s=4e6)
    found = device.find("android", Options(apk=apk))
    outcome = measure(found, artifact_folder, config=QUICK.model_copy(update={"repeats": 1}))
    assert outcome.failures == {}
    assert outcome.measurements[0].golden.passed


@pytest.mark.slow
@pytest.mark.needs("onnx", "onnxruntime")
def test_a_model_with_a_strange_name_is_only_strange(phone, apk, artifact_folder, tmp_path):
    folder = tmp_path / "a; rm -rf $HOME"
    shutil.copytree(artifact_folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    strange = "`reboot`; rm -rf * $(id) '\" .onnx"
    (folder / manifest["file"]).rename(folder / strange)
    (folder / "manifest.json").write_text(json.dumps(manifest | {"file": strange}))
    kept = tmp_path / "kept.jsonl"
    arguments = (folder, "--device", "pixel", "--apk", apk, "--repeats", 1, "--store", kept)
    done = bench(*arguments, cwd=tmp_path)
    assert done.returncode in (0, 1), done.stderr
    (measurement,) = store.load(kept).measurements
    assert measurement.golden.passed


def test_every_word_of_a_command_arrives_as_it_is(phone):
    words = ["a; rm -rf /", "$HOME", "`id`", "it's", '"', "", "*", "\\", "new\nline", "&& false"]
    said = adb_module.Phone(phone.serial).shell("echo", "-n", *words)
    assert said == " ".join(words)


def test_nothing_here_ends_a_server(own_server, phone):
    before = own_server("version"), own_server("get-state")
    with pytest.raises(DeviceNotFound):
        device.find("nokia")
    device.find("android").state()
    assert (own_server("version"), own_server("get-state")) == before
