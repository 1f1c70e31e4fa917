"""Whatever a device answers, it is an answer or the declared exception: nothing else comes of it.

Arbitrary bytes and JSON go through every reader of what the workers on all kinds of device say,
and the apps on iPhones, and the daemon at their cable.
"""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from irrvit.benchmark.acts import profile
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.iphone import device as iphone
from irrvit.benchmark.iphone import usbmux
from irrvit.benchmark.profiling import profiler
from irrvit.benchmark.remote_browser import words
from irrvit.benchmark.worker import answers, connection

PIECES = ["{0}", "%s", "\x1b[2J", "[/red]", "\ud800", "N/A", "nan", "9" * 5000]
SETTINGS = settings(deadline=None, max_examples=40)
NUMBERS = st.one_of(st.integers(), st.floats(), st.just(10**400))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, st.text(), st.sampled_from(PIECES)),
    lambda inner: st.one_of(st.lists(inner), st.dictionaries(st.text(), inner)),
    max_leaves=8,
)


def answer(*names):
    """An object in which some of these names have a value, of whatever kind."""
    return st.dictionaries(st.one_of(st.sampled_from(names), st.text()), JSON)


LOADED = answer("load_ms", "version", "placement", "accelerator", "idle_memory_bytes")
TIMED = answer("ns", "wall_ns", "cpu_ns", "calls_per_value")
RIGHT = {
    "load": {"load_ms": 1.0, "version": "1", "placement": {"nodes_total": 3}, "accelerator": "cpu"},
    "time": {"ns": [5000, 6000], "wall_ns": 12000, "cpu_ns": 11000},
}


@given(LOADED, st.booleans())
@SETTINGS
def test_any_answer_to_load_is_one_or_is_refused(said, is_half_right):
    with contextlib.suppress(CommandFailed):
        answers.to_load_info(RIGHT["load"] | said if is_half_right else said, accelerator=None)


@given(TIMED, st.booleans())
@SETTINGS
def test_any_answer_to_time_is_one_or_is_refused(said, is_half_right):
    with contextlib.suppress(CommandFailed):
        block = answers.to_timed_block(RIGHT["time"] | said if is_half_right else said, busy_ms=1)
        assert min(block.latencies_ms) >= 0 < max(block.latencies_ms)


@given(answer("logits", "bytes", "events", "operations", "sha256"))
@SETTINGS
def test_any_other_answer_is_one_or_is_refused(said):
    for read in (
        answers.to_logits,
        answers.to_memory_bytes,
        answers.to_events,
        answers.to_operations,
        lambda said: answers.read(answers.Stored, said, "have"),
    ):
        with contextlib.suppress(CommandFailed):
            read(said)


@given(
    st.one_of(st.binary(), st.text().map(str.encode), JSON.map(lambda o: json.dumps(o).encode()))
)
@SETTINGS
def test_any_line_of_a_worker_is_an_answer_or_is_refused(line):
    with contextlib.suppress(CommandFailed):
        for text in connection._parse(line):
            text.encode()


EVENT = answer("tag", "type", "us", "name", "cat", "dur", "cost", "unit")


@pytest.mark.parametrize("runtime", ["litert", "onnxruntime", "coreml"])
@given(events=st.lists(EVENT))
@SETTINGS
def test_any_profile_is_read_or_is_refused(runtime, events):
    with contextlib.suppress(CommandFailed):
        profile.read_trace(profiler.get(runtime), events)


class Answering:
    """An iPhone whose app says this."""

    serial = "00008130-000A1B2C3D4E5F60"

    def __init__(self, said):
        self.said = said

    def hello(self):
        return self.said

    def ask(self, do):
        return self.said


HELLO = answer("kind", "name", "soc", "os", "ram_bytes", "abi", "cores", "emulated", "id_hash")
STATE = answer("load", "battery_percent", "charging", "thermal_status", "is_low_power", "at_utc")


@pytest.mark.parametrize(
    ("field", "said", "known"),
    [
        ("ram_bytes", 1 << 50, 1 << 50),
        ("ram_bytes", 10**400, 0),
        ("ram_bytes", -1, 0),
        ("cores", 1024, 1024),
        ("cores", 1025, 0),
    ],
)
def test_what_no_iphone_has_is_unknown(field, said, known):
    hello = dict.fromkeys(("kind", "name", "soc", "os", "abi", "id_hash"), "x")
    hello |= {"ram_bytes": 1, "cores": 1, "emulated": False, field: said}
    info = iphone.describe(Answering(hello))  # pyright: ignore[reportArgumentType]
    assert getattr(info, field) == known


@pytest.mark.parametrize(
    ("field", "said", "known"),
    [
        ("temperature_c", float("nan"), None),
        ("temperature_c", 80.0, 80.0),
        ("temperature_c", 80.1, None),
        ("load", 1e308, None),
        ("load", 1024.0, 1024.0),
        ("frequency_mhz", 0, None),
        ("disbelieved", ["\x1b[2J"], ()),
    ],
)
def test_how_no_iphone_can_be_is_unknown(field, said, known):
    found = iphone.IPhoneDevice(
        Answering({field: said}),  # pyright: ignore[reportArgumentType]
        iphone.Options(),
        lambda name, stage: None,
    )
    assert getattr(found.state(), field) == known


@given(HELLO, STATE)
@SETTINGS
def test_any_iphone_says_who_and_how_it_is_or_is_refused(hello, state):
    with contextlib.suppress(CommandFailed):
        iphone.describe(Answering(hello))  # pyright: ignore[reportArgumentType]
    found = iphone.IPhoneDevice(
        Answering(state),  # pyright: ignore[reportArgumentType]
        iphone.Options(),
        lambda name, stage: None,
    )
    with contextlib.suppress(CommandFailed):
        percent = found.state().battery_percent
        assert percent is None or 0 < percent <= 100


ATTACHED = answer("MessageType", "Properties", "DeviceID", "SerialNumber", "ConnectionType")


@given(st.one_of(JSON, ATTACHED, st.just({"MessageType": "Attached", "Properties": {}})))
@SETTINGS
def test_any_event_of_the_iphones_daemon_is_a_phone_or_none(event):
    usbmux._to_attached(event)


PAGE = answer(
    *("name", "os", "identity", "ram_bytes", "cores", "battery_percent", "charging", "accelerator"),
    *("load_ms", "version", "threads", "calls_per_value", "wall_ms", "latencies_ms", "base64"),
)
TIMED_PAGE = {"calls_per_value": 1, "wall_ms": 10.0, "latencies_ms": [4.0, 5.0]}


@given(PAGE, st.booleans())
@SETTINGS
def test_any_page_on_a_phone_says_what_can_be_or_is_refused(said, is_half_right):
    words.device_info(said)
    words.device_state(said)
    timed = TIMED_PAGE | said if is_half_right else said
    for read in (
        words.load_info,
        words.logits,
        lambda said: words.timed_block(timed, calls=2, passed_ms=10.0),
    ):
        with contextlib.suppress(CommandFailed):
            read(said)


def test_a_clock_that_sees_less_than_half_of_the_calls_is_too_coarse():
    """Whoever asks how many calls fill a block divides by the median."""
    with pytest.raises(CommandFailed, match="it is too coarse"):
        words.timed_block(
            {"calls_per_value": 1, "wall_ms": 1.0, "latencies_ms": [0, 0, 1.0]},
            calls=3,
            passed_ms=5.0,
        )
    ns = {"ns": [0, 0, 5000], "wall_ns": 5000, "cpu_ns": 0}
    with pytest.raises(CommandFailed, match="it is too coarse"):
        answers.to_timed_block(ns, busy_ms=None)
