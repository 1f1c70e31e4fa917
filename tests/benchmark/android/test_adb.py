"""Commands on a phone, by the real adb: `tests/phone` plays the phone."""

from __future__ import annotations

import time

import pytest

from irrvit.benchmark.android import adb
from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.measurement import RunConfig

pytestmark = pytest.mark.needs("adbutils")
CONFIG = RunConfig(runtime="onnxruntime")


def test_every_word_of_a_command_arrives_as_it_is(phone):
    words = ["a; rm -rf /", "$HOME", "`id`", "it's", '"', "", "*", "\\", "new\nline", "&& false"]
    said = adb.Phone(phone.serial).shell("echo", "-n", *words)
    assert said == " ".join(words)


def test_a_command_that_does_not_end_is_given_up_after_its_time(phone):
    started = time.monotonic()
    with pytest.raises(CommandFailed, match=r"did not answer within 0\.5 s \(shell,v2:sleep 60\)"):
        adb.Phone(phone.serial).run("sleep", "60", timeout_s=0.5)
    assert time.monotonic() - started < 10


def test_a_phone_that_does_not_come_back_is_given_up(phone, own_server):
    phone.set(unplug_after=0)
    own_server("-s", phone.serial, "shell", "true")
    with pytest.raises(DeviceLost, match="did not come back within 1 s: is it in this") as caught:
        adb.Phone(phone.serial).wait_until_back(1)
    assert caught.value.is_final
