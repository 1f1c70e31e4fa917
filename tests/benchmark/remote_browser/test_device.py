"""A phone as a device, and what keeps one from being found."""

from __future__ import annotations

import time

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.device import accelerators, repeats_share_process, start_below_c
from irrvit.benchmark.errors import BadOptions, CommandFailed, DeviceLost, DeviceNotFound
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.remote_browser import device as remote
from irrvit.benchmark.remote_browser import words
from irrvit.benchmark.remote_browser.device import RemoteBrowser

CONFIG = RunConfig(runtime="onnxruntime", timeout_s=5)


@pytest.fixture
def told():
    return []


@pytest.fixture
def phone(session, server, page, told):
    info = words.device_info(session.guest.facts)
    return RemoteBrowser(session, server, info, 1.0, lambda name, stage: told.append(stage))


def test_a_name_is_not_searched_for_on_the_network():
    with pytest.raises(DeviceNotFound, match="in its browser: --device remote-browser"):
        kinds.find("a phone that nobody has")


def test_its_options_are_its_own():
    own = kinds.own_options()
    assert [own[name] for name in ("address", "port", "wait")] == [["remote-browser"]] * 3


@pytest.mark.parametrize("address", ["here", "192.168.1", "::1", "192.168.1.5:80", "1.2.3.400"])
def test_an_address_that_is_none_is_said(address):
    with pytest.raises(BadOptions, match=rf"--address got '{address}': expected an address"):
        kinds.find("remote-browser", {"address": address})


def test_without_a_network_no_code_is_shown(monkeypatch):
    monkeypatch.setattr(remote, "lan_address", lambda: "127.0.0.1")
    with pytest.raises(DeviceNotFound, match="this machine is in no network"):
        kinds.find("remote-browser")


def test_what_is_typed_in_another_encoding_ends_nothing(tmp_path, monkeypatch):
    (tmp_path / "typed").write_bytes(b"\xe4\xff\n123456\n")
    with (tmp_path / "typed").open() as typed:
        monkeypatch.setattr("sys.stdin", typed)
        with remote._keyboard() as keyboard:
            assert keyboard.readlines()[1] == "123456\n"


def test_it_is_what_its_page_says(phone):
    assert phone.describe().name.startswith("Safari 18.5 on iPhone")
    assert (phone.state().battery_percent, phone.state().charging) == (80.0, False)
    assert accelerators(phone) == ("cpu", "gpu")
    assert start_below_c(phone) is None
    assert not repeats_share_process(phone)


def test_a_phone_that_is_gone_has_an_unknown_state(phone, page):
    page.close()
    assert phone.state().battery_percent is None


def test_one_that_is_locked_is_waited_for(phone, page, told, tmp_path):
    page.is_hidden = True
    page.tell()
    (tmp_path / "file").write_bytes(b"a file")
    page.answers["load"] = {"load_ms": 1.0, "version": "1", "accelerator": "cpu"}

    def unlock(stage):
        page.is_hidden = False
        page.tell()

    told_of = phone._notify
    phone._notify = lambda name, stage: (told_of(name, stage), unlock(stage))
    process = phone.open(str(tmp_path / "file"), CONFIG)
    assert process.load_info.load_ms == 1.0
    assert told == [f"waiting: {told[0].removeprefix('waiting: ')}"]
    assert "unlock it" in told[0]


def test_one_that_does_not_come_back_is_lost_for_good(phone, page, tmp_path):
    page.close()
    start = time.monotonic()
    with pytest.raises(DeviceLost, match="did not come back within 1 s") as lost:
        phone.open(str(tmp_path / "file"), CONFIG)
    assert lost.value.is_final
    assert 1 <= time.monotonic() - start < 5


def test_a_file_that_ends_the_page_is_that_file_s_failure(phone, page, open_page, tmp_path):
    """As the system does to a page that takes too much; the browser loads it anew."""
    (tmp_path / "file").write_bytes(b"too much")
    again = open_page(page.token, key=page.key)

    def die(question):
        page.stop()
        again.start()

    page.answers["load"] = die
    with pytest.raises(CommandFailed, match="loading the file ended the page") as failed:
        phone.open(str(tmp_path / "file"), CONFIG)
    assert not isinstance(failed.value, DeviceLost)


def test_a_file_that_is_not_there_is_said(phone, tmp_path):
    with pytest.raises(CommandFailed, match="cannot read"):
        phone.open(str(tmp_path / "nothing"), CONFIG)


@pytest.mark.needs("onnx", "onnxruntime")
def test_a_layer_is_loaded_and_computed(phone, page):
    import numpy as np

    from irrvit.benchmark.worker import linear

    process = phone.open("linear:16", CONFIG)
    process.set_input(np.eye(16, dtype=np.float32))
    np.testing.assert_allclose(process.logits(), linear.weights(16).ravel(), rtol=1e-6)
    timed = process.time(5, untimed=2)
    assert len(timed.latencies_ms) == 5
    assert process.peak_memory_bytes() is None
    process.close()
    assert page.heard == ["prepare", "load", "set", "logits", "time", "time", "close"]


def test_outputs_are_of_one_number(phone, page, tmp_path):
    (tmp_path / "file").write_bytes(b"a file")
    page.answers["load"] = {"load_ms": 1.0, "version": "1", "accelerator": "cpu"}
    process = phone.open(str(tmp_path / "file"), CONFIG)
    page.answers["logits"] = {"base64": ""}
    with pytest.raises(CommandFailed, match="with 0 outputs, expected one at least"):
        process.logits()
    page.answers["logits"] = {"base64": "AACAPw=="}
    assert process.logits() == 1.0
    page.answers["logits"] = {"base64": "AACAPwAAgD8="}
    with pytest.raises(CommandFailed, match="with 2 outputs, expected 1"):
        process.logits()
