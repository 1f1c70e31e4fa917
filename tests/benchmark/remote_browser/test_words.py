"""What a page says is data: plausible, or unknown, or no answer; and nothing else happens."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrvit.benchmark.device import TimedBlock
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.remote_browser import words

FACTS = {
    "name": "Firefox 153.0 on Android 16; Mobile; rv:153.0",
    "os": "Android 16; Mobile; rv:153.0",
    "ram_bytes": 8 << 30,
    "cores": 8,
    "identity": "0123456789abcdef" * 2,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


def said_of(*names):
    """An answer with any of these fields, of whatever type."""
    return st.fixed_dictionaries({}, optional=dict.fromkeys(names, JSON))


def test_who_a_phone_is():
    info = words.device_info(FACTS)
    assert (info.kind, info.name, info.os) == ("remote-browser", FACTS["name"], FACTS["os"])
    assert (info.ram_bytes, info.cores, info.soc) == (8 << 30, 8, "unknown")
    assert FACTS["identity"] not in info.model_dump_json()


def test_a_phone_is_the_same_with_another_version_of_its_browser():
    newer = FACTS | {"name": "Firefox 154.0 on Android 16", "cores": 4}
    assert words.device_info(newer).id_hash == words.device_info(FACTS).id_hash


def test_another_browser_is_another_device():
    other = FACTS | {"identity": "f" * 32}
    assert words.device_info(other).id_hash != words.device_info(FACTS).id_hash


@pytest.mark.parametrize(
    ("field", "value", "known"),
    [
        ("cores", 1, 1),
        ("cores", 1024, 1024),
        ("cores", 1025, 0),
        ("cores", 0, 0),
        ("cores", -1, 0),
        ("cores", 2.5, 0),
        ("cores", "8", 0),
        ("cores", True, 0),
        ("cores", 10**400, 0),
        ("ram_bytes", 1 << 40, 1 << 40),
        ("ram_bytes", (1 << 40) + 1, 0),
        ("ram_bytes", None, 0),
        ("os", "", "unknown"),
        ("os", None, "unknown"),
        ("os", 7, "unknown"),
        ("os", "a\nb\x1b[31m c\u202e", "a b 31m c"),
        ("os", "{0.__class__} [bold]x[/]", "0.__class__ bold x /"),
        ("os", "x" * 120, "x" * 120),
        ("os", "x" * 121, "x" * 120),
    ],
)
def test_what_is_not_plausible_of_a_phone_is_unknown(field, value, known):
    assert getattr(words.device_info(FACTS | {field: value}), field) == known


@pytest.mark.parametrize("identity", [None, "", "g" * 32, "0" * 31, "0" * 33, 7, "0" * 32 + "\n"])
def test_without_a_number_of_its_own_a_browser_is_known_by_its_name(identity):
    unknown = words.device_info(FACTS | {"identity": identity})
    assert unknown.id_hash == words.device_info({"name": FACTS["name"]}).id_hash
    assert unknown.id_hash != words.device_info(FACTS).id_hash


@pytest.mark.parametrize(
    ("percent", "known"),
    [(1, 1.0), (100, 100.0), (0, None), (100.1, None), ("80", None), (True, None), (None, None)],
)
def test_a_battery_that_cannot_be_is_unknown(percent, known):
    assert words.device_state({"battery_percent": percent}).battery_percent == known


@pytest.mark.parametrize(("charging", "known"), [(True, True), (False, False), (1, None)])
def test_whether_it_charges_is_said_or_unknown(charging, known):
    assert words.device_state({"charging": charging}).charging is known


def test_how_a_file_was_loaded():
    said = {"load_ms": 7.5, "version": "@litertjs/core 2.5.3"}
    said |= {"accelerator": "partly gpu", "threads": 2}
    info = words.load_info(said)
    assert (info.load_ms, info.runtime_version) == (7.5, "@litertjs/core 2.5.3")
    assert (info.placement.accelerator, info.placement.threads) == ("partly gpu", 2)
    assert words.load_info(said | {"threads": 0}).placement.threads is None
    assert words.load_info(said | {"accelerator": "npu"}).placement.accelerator == "unknown"
    with pytest.raises(CommandFailed, match="what cannot be: load_ms is -1"):
        words.load_info(said | {"load_ms": -1})


BLOCK = {"latencies_ms": [2.0, 3.0, 2.5], "calls_per_value": 1, "wall_ms": 7.6}


def block(**changes):
    return words.timed_block(BLOCK | changes, calls=3, passed_ms=10.0)


def test_a_block_of_calls():
    assert block() == TimedBlock((2.0, 3.0, 2.5), None, 7.6, None, 1)
    per_two = block(latencies_ms=[2.0, 1.5], calls_per_value=2)
    assert (per_two.latencies_ms, per_two.calls_per_value) == ((2.0, 1.5), 2)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"latencies_ms": [2.0, 3.0]}, "latencies_ms is 2.0, 3.0 for 3 calls"),
        ({"latencies_ms": [2.0] * 4}, "for 3 calls"),
        ({"latencies_ms": [2.0, 3.0, -0.1]}, "that passed"),
        ({"latencies_ms": [2.0, 3.0, None]}, "null of 10 ms that passed"),
        ({"latencies_ms": [2.0, 3.0, "2"]}, "that passed"),
        ({"latencies_ms": [20.0, 20.0, 20.6]}, "of 10 ms that passed"),  # 60.5 at most.
        ({"latencies_ms": [0, 0, 0]}, "it is too coarse"),
        ({"latencies_ms": [5e-324] * 3}, "it is too coarse"),  # Nothing can be divided by it.
        ({"latencies_ms": [1e308] * 3}, "that passed"),
        ({"latencies_ms": {"0": 1}}, "for 3 calls"),
        ({"calls_per_value": 0}, "calls_per_value is 0"),
        ({"calls_per_value": 4}, "calls_per_value is 4"),
        ({"calls_per_value": 1.5}, "calls_per_value is 1.5"),
        ({"wall_ms": 60.6}, "wall_ms is 60.6 of 10 ms that passed"),
        ({"wall_ms": None}, "wall_ms is null"),
    ],
)
def test_latencies_that_cannot_be_are_no_answer(changes, why):
    with pytest.raises(CommandFailed, match=why):
        block(**changes)


def test_latencies_just_within_what_passed_are_taken():
    assert block(latencies_ms=[20.0, 20.0, 20.5], wall_ms=60.5).wall_ms == 60.5


def test_outputs_are_read_as_they_were_written():
    values = np.array([1.5, -2.25, np.nan, np.inf], "<f4")
    said = {"base64": base64.b64encode(values.tobytes()).decode()}
    np.testing.assert_array_equal(words.logits(said), values)


@pytest.mark.parametrize("encoded", [None, 7, "A", "AAAA!", "AAAAAAA=", "ä", ["AAAA"]])
def test_outputs_that_are_none_are_no_answer(encoded):
    with pytest.raises(CommandFailed, match="what cannot be: base64 is"):
        words.logits({"base64": encoded})


@given(content=st.binary() | JSON.map(lambda value: str(value).encode(errors="replace")))
def test_any_bytes_are_an_object_or_nothing(content):
    assert words.parse(content) is None or isinstance(words.parse(content), dict)


@given(value=JSON)
def test_any_words_are_one_line_that_nothing_obeys(value):
    shown = words.text(value)
    assert 0 < len(shown) <= 120
    assert shown.isprintable()
    assert not set("[]{}\\") & set(shown)


@given(said=said_of("name", "os", "ram_bytes", "cores", "identity", "battery_percent", "charging"))
def test_any_facts_make_a_record(said):
    assert words.device_info(said).id_hash
    assert words.device_state(said).at_utc


@given(said=said_of("latencies_ms", "calls_per_value", "wall_ms", "load_ms", "base64", "version"))
def test_any_answer_is_one_or_is_refused_in_a_sentence(said):
    for read in (
        words.load_info,
        words.logits,
        lambda said: words.timed_block(said, calls=3, passed_ms=10.0),
    ):
        try:
            read(said)
        except CommandFailed as error:
            assert "\n" not in str(error)  # noqa: PT017  # Any other exception fails.
