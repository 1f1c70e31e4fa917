"""The daemon's protocol, spoken to a played daemon that Debian's own clients accept (tests/ios)."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from irrvit.benchmark.iphone import usbmux
from irrvit.benchmark.iphone.usbmux import Attached


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("", "/var/run/usbmuxd"),
        ("UNIX:/tmp/mux", "/tmp/mux"),
        ("/tmp/mux", "/tmp/mux"),
        ("127.0.0.1:27015", ("127.0.0.1", 27015)),
        ("[::1]:27015", ("::1", 27015)),
        (":27015", ":27015"),
    ],
)
def test_the_daemon_is_where_the_variable_says(monkeypatch, said, expected):
    monkeypatch.setenv(usbmux.VARIABLE, said)
    assert usbmux.address() == expected


def test_all_at_the_cable_are_listed(start_iphones):
    played = start_iphones("--phones", 2)
    assert [one.serial for one in usbmux.attached()] == list(played.serials)
    played.set(phone=0, by_wifi=True)
    assert [one.serial for one in usbmux.attached()] == [played.serials[1]]


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("00008130-000A1B2C3D4E5F60", True),
        ("00008130000a1b2c3d4e5f60", True),
        ("00008130-000A1B2C3D4E5F6", False),
        ("", False),
    ],
)
def test_a_serial_is_one_with_and_without_its_hyphen(name, fits):
    assert Attached(7, "00008130-000A1B2C3D4E5F60").is_called(name) is fits


def test_a_stream_reaches_the_port_and_carries_both_ways(start_iphones):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        start_iphones("--app-port", listener.getsockname()[1])
        (phone,) = usbmux.attached()
        with usbmux.connect(phone, 7071) as ours, listener.accept()[0] as theirs:
            ours.sendall(b"there")
            assert theirs.recv(5) == b"there"
            theirs.sendall(b"back")
            assert ours.recv(4) == b"back"


def test_a_port_where_nobody_listens_is_refused(start_iphones):
    start_iphones()
    with pytest.raises(usbmux.Refused):
        usbmux.connect(usbmux.attached()[0], 7071)


def test_an_iphone_that_went_is_gone(start_iphones):
    played = start_iphones()
    (phone,) = usbmux.attached()
    played.set(plugged=False)
    assert usbmux.attached() == []
    with pytest.raises(usbmux.Gone):
        usbmux.connect(phone, 7071)


def test_its_number_is_another_once_it_is_plugged_in_again(start_iphones):
    played = start_iphones()
    (before,) = usbmux.attached()
    played.set(plugged=False)
    threading.Timer(0.3, lambda: played.set(plugged=True)).start()
    after = usbmux.wait_for(before.serial, time.monotonic() + 10)
    assert after is not None
    assert (after.serial, after.number) == (before.serial, before.number + 1)
    assert after == usbmux.attached()[0]


def test_waiting_for_one_that_does_not_come_ends(start_iphones):
    start_iphones("--phones", 0)
    begin = time.monotonic()
    assert usbmux.wait_for("00008130", begin + 0.3) is None
    assert 0.2 < time.monotonic() - begin < 3


def test_waiting_where_there_is_no_daemon_ends_too(monkeypatch, tmp_path):
    monkeypatch.setenv(usbmux.VARIABLE, f"UNIX:{tmp_path / 'nobody'}")
    begin = time.monotonic()
    assert usbmux.wait_for("00008130", begin + 0.3) is None
    assert time.monotonic() - begin < 3


@pytest.mark.parametrize("is_trusted", [True, False])
def test_whether_this_computer_is_trusted_is_known(start_iphones, is_trusted):
    played = start_iphones()
    played.set(trusted=is_trusted)
    assert usbmux.is_trusting(usbmux.attached()[0]) is is_trusted


_NONE, _CUT = "answers with what is no property list", "does not answer: it closed the connection"
_HEAD = "\x01\x00\x00\x00\x08\x00\x00\x00\x01\x00\x00\x00"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("hello, I am no daemon", _NONE),
        ("\x14\x00\x00\x00" + _HEAD + "junk", _NONE),
        ("\xff\xff\xff\xff" + _HEAD, _NONE),
        ("\x18\x00\x00\x00" + _HEAD + "junk", _CUT),
        ("\x02", _CUT),
    ],
)
def test_a_daemon_that_speaks_nonsense_is_refused(start_iphones, said, sentence):
    start_iphones().set(speaks=said)
    with pytest.raises(usbmux.MuxError, match=f"usbmuxd {sentence}"):
        usbmux.attached()


def test_another_number_than_those_known_is_said(start_iphones):
    start_iphones().set(refuses=6)
    with pytest.raises(usbmux.MuxError, match="usbmuxd answers with 6: expected 0"):
        usbmux.connect(usbmux.attached()[0], 7071)


def test_where_nobody_listens_it_is_said_where_one_was_looked_for(monkeypatch, tmp_path):
    monkeypatch.setenv(usbmux.VARIABLE, f"UNIX:{tmp_path / 'nobody'}")
    with pytest.raises(usbmux.NoMux, match=r"nobody answers at .*/nobody \(No such file"):
        usbmux.attached()
    monkeypatch.setenv(usbmux.VARIABLE, "127.0.0.1:9")
    with pytest.raises(usbmux.NoMux, match=r"nobody answers at 127\.0\.0\.1:9 \("):
        usbmux.attached()
