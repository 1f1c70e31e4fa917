"""`irrvit-bench --device remote-browser`: each engine as the phone that scans the QR code."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import threading
import time

import pytest

from irrvit.benchmark.results import store

pytestmark = [pytest.mark.slow, pytest.mark.needs("segno")]
FILE = ("--model", "irrvit_fashion", "--runtime", "litert")
NAMES = {"chromium": "Chrome", "firefox": "Firefox", "webkit": "Safari"}
PATIENCE_S = 240


class Bench:
    """The command in a terminal, with somebody who reads it and types."""

    def __init__(self, *words, kept):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        where = ("--device", "remote-browser", "--address", "127.0.0.1", "--port", port)
        quick = ("--repeats", 1, "--iterations", 5, "--store", kept)
        command = ["-m", "irrvit.benchmark.cli", *FILE, *words, *where, *quick]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            [sys.executable, *map(str, command)], stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
        self.said, self._kept = "", kept
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        stream = self.process.stderr
        assert stream is not None
        for character in iter(lambda: stream.read(1), ""):
            self.said += character

    def wait_for(self, pattern):
        end = time.monotonic() + PATIENCE_S
        while (found := re.search(pattern, self.said)) is None:
            assert time.monotonic() < end, self.said
            assert self._reader.is_alive(), self.said
            time.sleep(0.1)
        return found[0]

    def type(self, line):
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def end(self):
        """Its exit code, once it has ended by itself."""
        code = self.process.wait(PATIENCE_S)
        self._reader.join()
        assert "Traceback" not in self.said
        return code

    def measurements(self):
        return store.load(self._kept).measurements


@pytest.fixture
def bench(tmp_path):
    started = []

    def bench(*words):
        started.append(Bench(*words, kept=tmp_path / "kept.jsonl"))
        return started[-1]

    yield bench
    for each in started:
        each.process.kill()
        each.process.wait()


@pytest.fixture
def phone(engine):
    """The engine as a phone; whatever it shows is left behind."""
    engine.resize(390, 844)
    yield engine
    engine.open("about:blank")


def text(phone, selector="main"):
    return phone.run("return document.querySelector(args[0])?.innerText ?? '';", selector)


def wait_for(phone, words, *, selector="main"):
    end = time.monotonic() + PATIENCE_S
    while words not in (found := text(phone, selector)):
        assert time.monotonic() < end, found
        time.sleep(0.2)


def let_in(phone, bench):
    address = bench.wait_for(r"https://\S+#[\w-]+\n").strip()
    phone.open(address)
    wait_for(phone, " ", selector="output")
    bench.wait_for("Type the code that it shows")
    bench.type(text(phone, "output"))
    bench.wait_for("It is let in")
    return address


def test_a_file_is_measured_on_it(phone, bench):
    running = bench("--threads", 2)
    address = let_in(phone, running)
    wait_for(phone, "Done: the results are on the computer.")
    assert running.end() in (0, 1), running.said  # 1: a busy machine makes times invalid.
    assert phone.run("return location.href;") == address.partition("#")[0]
    (measurement,) = running.measurements()
    assert measurement.golden.passed
    assert measurement.device.kind == "remote-browser"
    assert measurement.device.name.startswith(NAMES[phone.name])
    assert measurement.placement.accelerator == "cpu"
    assert measurement.latencies_ms
    has_threads = phone.name != "webkit"  # Which has no relaxed SIMD.
    assert measurement.placement.threads == (2 if has_threads else 1)


def test_a_page_that_was_left_comes_back_and_goes_on(phone, bench):
    running = bench("--wait", 60)
    address = let_in(phone, running)
    running.wait_for("repeat 1 of 1")
    time.sleep(1)
    phone.open("about:blank")
    running.wait_for("waiting: the page on the phone was closed")
    phone.open(address.partition("#")[0])
    wait_for(phone, "Done: the results are on the computer.")
    assert running.end() in (0, 1), running.said
    (measurement,) = running.measurements()
    assert measurement.golden.passed
    assert not measurement.interrupted


def test_a_page_without_the_code_says_what_to_do(phone, bench):
    running = bench()
    address = running.wait_for(r"https://\S+#[\w-]+\n").strip()
    phone.open(address.partition("#")[0])
    wait_for(phone, "Not connected: scan the QR code that the computer shows.")
    phone.open("about:blank")
    phone.open(f"{address.partition('#')[0]}#{'A' * 22}")
    wait_for(phone, "Not connected: this is not the QR code that the computer shows now: scan it.")
