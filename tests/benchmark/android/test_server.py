"""adb's server: started if there is none, never ended, and asked again while it goes."""

from __future__ import annotations

import socket
import struct
import sys
import threading

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.android import server
from irrvit.benchmark.errors import DeviceNotFound, RuntimeUnavailable
from irrvit.benchmark.measurement import RunConfig

pytestmark = pytest.mark.needs("adbutils")
CONFIG = RunConfig(runtime="onnxruntime")


def test_without_the_library_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "adbutils", None)
    with pytest.raises(RuntimeUnavailable, match=r"pip install \"irrvit-mobile\[android\]\""):
        server.attached()


def test_an_empty_answer_of_the_server_is_no_phone(own_server):
    assert server.attached() == []


@pytest.mark.parametrize(
    ("line", "phone"),
    [
        ("39111FDJH00PLY\tdevice", server.Attached("39111FDJH00PLY", "device")),
        ("a\x1b[2J\rb\tdevice", server.Attached("a [2J b", "unnameable")),
        ("\u202e\tdevice", server.Attached("?", "unnameable")),
        ("{0}[red]\tdevice", server.Attached("{0}[red]", "device")),
    ],
)
def test_a_serial_that_a_terminal_would_obey_is_no_name_of_a_phone(line, phone):
    assert server.to_attached(line) == phone
    assert server.why_unusable(phone).isprintable()


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


def test_nothing_here_ends_a_server(own_server, phone):
    before = own_server("version"), own_server("get-state")
    with pytest.raises(DeviceNotFound):
        kinds.find("nokia")
    kinds.find("android").state()
    assert (own_server("version"), own_server("get-state")) == before
