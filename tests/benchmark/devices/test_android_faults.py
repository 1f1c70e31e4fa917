"""What keeps a phone from being measured on: each fault has its sentence and its exit code."""

from __future__ import annotations

import os
import socket
import struct
import sys
import threading
import time

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.android import adb, push, server
from irrvit.benchmark.errors import CommandFailed, DeviceLost, DeviceNotFound, RuntimeUnavailable
from irrvit.benchmark.measurement import RunConfig

pytestmark = pytest.mark.needs("adbutils")
CONFIG = RunConfig(runtime="onnxruntime")


@pytest.fixture
def refused(bench):
    def refused(*arguments, **environ):
        """The one sentence of a command that exits with 2."""
        done = bench("--device", *arguments, **environ)
        assert (done.returncode, done.stdout) == (2, "")
        (line,) = [line for line in done.stderr.splitlines() if line.startswith("irrvit-bench: ")]
        return line

    return refused


# Before anything is measured.


def test_without_adb_it_is_said_where_to_get_it(refused):
    nowhere = {"ADBUTILS_ADB_PATH": "/nowhere/adb", "ANDROID_ADB_SERVER_PORT": "9"}
    said = refused("pixel", **nowhere)
    assert "adb is not installed" in said
    assert "apt-get install adb" in said


def test_without_the_library_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "adbutils", None)
    with pytest.raises(RuntimeUnavailable, match=r"pip install \"irrvit-mobile\[android\]\""):
        server.attached()


def test_without_a_phone_it_is_said_how_to_connect_one(own_server, refused):
    said = refused("pixel")
    assert "no phone is attached: connect one by USB" in said
    assert "irrvit-bench devices" in said


def test_a_phone_that_does_not_trust_this_computer_says_what_to_tap(phone, refused):
    phone.set(authorized=False)
    phone.plug_in()
    assert "accept the question on its screen" in refused("pixel")


def test_a_phone_that_does_not_answer_is_to_be_plugged_in_again(phone, own_server, refused):
    phone.set(unplug_after=0)
    own_server("-s", phone.serial, "shell", "true")
    assert "(offline): pull its cable and plug it in again" in refused("android")


def test_an_empty_answer_of_the_server_is_no_phone(own_server):
    assert server.attached() == []


@pytest.mark.parametrize("last_breath", [b"", b"OKAY"])
def test_a_server_that_somebody_is_ending_is_asked_again(no_server, last_breath):
    def end(ending):
        with ending:
            for _ in range(3):
                connection, _ = ending.accept()
                connection.sendall(last_breath)
                # Closed at once, with a reset for whoever still writes.
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()

    ending = socket.create_server(("127.0.0.1", int(no_server.port)))
    thread = threading.Thread(target=end, args=[ending], daemon=True)
    thread.start()
    assert server.attached() == []
    assert not thread.is_alive()


def test_a_tool_for_another_processor_is_refused(phone, tmp_path):
    tool = tmp_path / "benchmark_model"
    tool.write_bytes(b"\x7fELF" + bytes(14) + (62).to_bytes(2, "little"))
    found = kinds.find("android", {"benchmark_binary": tool})
    with pytest.raises(CommandFailed, match=r"is for x86_64, and phone .* is arm64-v8a"):
        found.open("linear:8", CONFIG)


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
    found = kinds.find("android", {"apk": apk})
    with pytest.raises(CommandFailed, match=sentence):
        found.open("linear:8", CONFIG)


def test_an_app_that_is_nowhere_is_to_be_built(phone, tmp_path):
    found = kinds.find("android", {"apk": tmp_path / "none.apk"})
    with pytest.raises(CommandFailed, match=r"is not there, .* build it with 'make apk'"):
        found.open("linear:8", CONFIG)


def test_an_app_of_another_version_is_said_where_there_is_none_to_install(phone, tmp_path):
    there = phone.folder / "root/data/app/org.irrvit.mobile/base.apk"
    there.parent.mkdir(parents=True)
    there.write_bytes(b"another version")
    phone.set(app_version="0.0.9")
    found = kinds.find("android", {"apk": tmp_path / "none.apk"})
    with pytest.raises(CommandFailed, match=r"is version 0\.0\.9, and [\d.]+ is needed"):
        found.open("linear:8", CONFIG)


def test_a_phone_that_fills_up_while_it_is_written_to_says_so(phone, monkeypatch):
    monkeypatch.setattr(push, "_require_room", lambda *_: None)
    phone.set(storage_bytes=1 << 20)
    with pytest.raises(CommandFailed, match="No space left on device; make room on it"):
        push.push(adb.Phone(phone.serial), bytes(3 << 20), ".tflite")
    assert phone.files == {}


def test_what_is_damaged_on_its_way_is_found_and_removed(phone):
    phone.set(damages=True)
    with pytest.raises(CommandFailed, match=r"what arrived .* is not what was sent"):
        push.push(adb.Phone(phone.serial), b"a model", ".tflite")
    assert phone.files == {}


def test_a_command_that_does_not_end_is_given_up_after_its_time(phone):
    started = time.monotonic()
    with pytest.raises(CommandFailed, match=r"did not answer within 0\.5 s \(shell,v2:sleep 60\)"):
        adb.Phone(phone.serial).run("sleep", "60", timeout_s=0.5)
    assert time.monotonic() - started < 10


# A loose cable.


def test_a_push_that_was_cut_short_goes_on_where_it_was(phone):
    content, there = os.urandom(3 * push.PART_BYTES), adb.Phone(phone.serial)
    phone.set(unplug_after=push.PART_BYTES * 3 // 2)
    with pytest.raises(DeviceLost, match=r"is gone|offline"):
        push.push(there, content, ".tflite")
    phone.plug_in()
    sent = []
    path = push.push(there, content, ".tflite", notify=lambda *told: sent.append(told))
    assert sent == [("tflite file", f"sending part {part} of 3") for part in (2, 3)]
    assert list(phone.files) == [os.path.basename(path)]
    assert phone.files[os.path.basename(path)].read_bytes() == content


def test_a_phone_that_does_not_come_back_is_given_up(phone, own_server):
    phone.set(unplug_after=0)
    own_server("-s", phone.serial, "shell", "true")
    with pytest.raises(DeviceLost, match="did not come back within 1 s: plug it in") as caught:
        adb.Phone(phone.serial).wait_until_back(1)
    assert caught.value.is_final


# What is only strange.


def test_every_word_of_a_command_arrives_as_it_is(phone):
    words = ["a; rm -rf /", "$HOME", "`id`", "it's", '"', "", "*", "\\", "new\nline", "&& false"]
    said = adb.Phone(phone.serial).shell("echo", "-n", *words)
    assert said == " ".join(words)


def test_nothing_here_ends_a_server(own_server, phone):
    before = own_server("version"), own_server("get-state")
    with pytest.raises(DeviceNotFound):
        kinds.find("nokia")
    kinds.find("android").state()
    assert (own_server("version"), own_server("get-state")) == before
