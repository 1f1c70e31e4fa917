"""`irrvit-bench --device remote-browser` as a whole, on a phone that is played."""

from __future__ import annotations

import json
import os
import runpy
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from irrvit.benchmark.cli import CommandLine
from irrvit.benchmark.remote_browser import device as remote
from irrvit.benchmark.remote_browser import server as served
from irrvit.benchmark.results import store

pytestmark = pytest.mark.needs("onnx", "onnxruntime", "segno")
PlayedPage = runpy.run_path(str(Path(__file__).with_name("played.py")))["PlayedPage"]


class Keyboard:
    """What the person types, once the phone is there."""

    def __init__(self, monkeypatch):
        reads, self._writes = os.pipe()
        monkeypatch.setattr(sys, "stdin", os.fdopen(reads))

    def type(self, line):
        os.write(self._writes, f"{line}\n".encode())


@pytest.fixture
def command(folder, monkeypatch, free_port):
    """The command with its exit code, as if its process ended with it."""
    monkeypatch.setattr(served, "built_page", lambda: folder / "dist")
    monkeypatch.chdir(folder)
    ends = []
    at_exit = SimpleNamespace(register=lambda end, *arguments: ends.append((end, arguments)))
    monkeypatch.setattr(remote, "atexit", at_exit)

    def command(*words):
        where = ("--device", "remote-browser", "--address", "127.0.0.1", "--port", free_port)
        with pytest.raises(SystemExit) as ended:
            CommandLine()([*map(str, (*words, *where))])
        while ends:
            end, arguments = ends.pop()
            end(*arguments)
        return ended.value.code

    return command


@pytest.fixture
def bench(command, monkeypatch, capfd, artifact_folder, tmp_path):
    """Measure a file on a phone that `act` is done to once it was let in."""

    def bench(*words, act=lambda page: None):
        keyboard, seen, pages = Keyboard(monkeypatch), [], []

        def come():
            while "#" not in "".join(seen):
                seen.append(capfd.readouterr().err)
                time.sleep(0.05)
            (address,) = [w for w in "".join(seen).split() if w.startswith("https://")]
            pages.append(PlayedPage(address))
            keyboard.type(pages[0].pair())
            act(pages[0])
            pages[0].start()

        threading.Thread(target=come, daemon=True).start()
        kept = ["--store", tmp_path / "kept.jsonl"]
        for name, value in (("--repeats", 1), ("--iterations", 5)):
            kept += [] if name in words else [name, value]
        code = command(artifact_folder, *kept, *words)
        out, err = capfd.readouterr()
        pages[0].stop()
        return code, out, "".join(seen) + err

    return bench


@pytest.fixture
def kept(tmp_path):
    """What is in the store."""
    file = tmp_path / "kept.jsonl"
    return lambda: store.load(file).measurements if file.exists() else []


def test_where_nobody_comes_it_ends_with_a_sentence(command, capsys, monkeypatch):
    Keyboard(monkeypatch)
    assert command("--wait", 1) == 2
    out, err = capsys.readouterr()
    assert (out, "no phone opened the page within 1 s" in err) == ("", True)


def test_a_port_that_is_taken_is_said(command, capsys, free_port):
    with socket.create_server(("127.0.0.1", free_port)):
        assert command() == 2
    assert f"port {free_port} of 127.0.0.1 cannot be used" in capsys.readouterr().err


def test_without_a_terminal_nobody_is_waited_for(command, capsys, monkeypatch):
    with open(os.devnull) as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)
        assert command("--wait", 600) == 2
    assert "there is nothing to type on: run this in a terminal" in capsys.readouterr().err


def test_ctrl_c_ends_the_waiting(command, capsys, monkeypatch):
    Keyboard(monkeypatch)
    threading.Timer(1.0, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    assert command() == 130
    assert "interrupted before anything was done" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words", [("--sustained", "long"), ("--fail-above", "x"), ("--compare", "nothing.jsonl")]
)
def test_what_cannot_be_is_said_before_a_phone_is_waited_for(command, capsys, words):
    assert command(*words) == 2
    assert "Scan this" not in capsys.readouterr().err


def after(calls, what):
    """What happens to a phone when it has been asked so often to time something."""

    def act(page):
        right, left = page._time, [calls]

        def time_calls(question):
            left[0] -= 1
            return what(page) if left[0] == 0 else right(question)

        page.answers["time"] = time_calls

    return act


@pytest.mark.slow
def test_a_file_is_measured_by_the_whole_protocol_and_kept(bench, kept):
    code, out, err = bench("--repeats", 2)
    assert code in (0, 1), err  # 1: a busy machine makes times invalid.
    (measurement,) = kept()
    assert measurement.device.kind == "remote-browser"
    assert measurement.device.name in out
    assert measurement.golden.passed
    assert len(measurement.repeats) == 2
    assert measurement.placement.accelerator == measurement.config.accelerator == "cpu"
    assert measurement.before.battery_percent == 80
    assert measurement.runtime_version == "played 1"
    assert not measurement.interrupted


@pytest.mark.slow
def test_it_is_compared_with_what_was_measured_on_the_same_phone(bench, tmp_path):
    bench()
    code, out, err = bench("--compare", tmp_path / "kept.jsonl", "--json")
    assert code in (0, 1), err
    (comparison,) = json.loads(out)["baseline"]
    assert "another device" not in comparison["detail"]


@pytest.mark.slow
def test_what_a_locked_phone_cut_short_is_measured_again(bench, kept):
    def lock(page):
        page.is_hidden = True
        page.tell()

        def unlock():
            page.is_hidden = False
            page.tell()

        threading.Timer(1.0, unlock).start()

    code, _, err = bench(act=after(12, lock))
    assert code in (0, 1)
    assert "waiting: the phone is locked" in err
    (measurement,) = kept()
    assert len(measurement.repeats) == 1
    assert not measurement.interrupted


@pytest.mark.slow
def test_a_page_that_is_closed_for_good_leaves_what_was_measured(bench, kept):
    close = after(40, lambda page: page.close())  # In the second repeat.
    code, _, err = bench("--repeats", 2, "--wait", 2, act=close)
    assert code == 2
    assert "the page on the phone was closed" in err
    assert "did not come back within 2 s: once it is ready, run this again" in err
    (measurement,) = kept()
    assert measurement.interrupted
    assert measurement.latencies_ms
    assert "Traceback" not in err


@pytest.mark.slow
def test_ctrl_c_leaves_what_was_measured(bench, kept):
    code, _, err = bench(act=after(12, lambda page: os.kill(os.getpid(), signal.SIGINT)))
    assert code == 130
    assert "what was measured is kept" in err
    (measurement,) = kept()
    assert measurement.interrupted


@pytest.mark.slow
def test_a_phone_that_lies_about_time_is_not_believed(bench, kept):
    answer = {"latencies_ms": [1e9], "calls_per_value": 1, "wall_ms": 1e9}
    code, _, err = bench(act=lambda page: page.answers.update(time=answer))
    assert code == 2
    assert "the page answered with what cannot be: wall_ms is 1000000000" in err
    assert not kept()


@pytest.mark.slow
@pytest.mark.parametrize("base64", ["", "AACAPw=="])
def test_outputs_of_another_number_are_wrong_and_no_more(bench, kept, base64):
    code, _, err = bench(act=lambda page: page.answers.update(logits={"base64": base64}))
    assert code in (1, 2)
    assert "Traceback" not in err
    assert not any(measurement.golden.passed for measurement in kept())
