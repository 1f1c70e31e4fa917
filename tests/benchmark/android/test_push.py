"""What is sent to a phone arrives whole, or it is said what was in the way."""

from __future__ import annotations

import os

import pytest

from irrvit.benchmark.android import adb, push
from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.measurement import RunConfig

pytestmark = pytest.mark.needs("adbutils")
CONFIG = RunConfig(runtime="onnxruntime")


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
