"""A phone that one process let in does what others of the same user ask."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from irrvit.benchmark import kept, kinds
from irrvit.benchmark.errors import BadOptions, CommandFailed, DeviceLost, DeviceNotFound
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.remote_browser import borrowing, device, sharing
from irrvit.benchmark.remote_browser.options import Options
from irrvit.benchmark.remote_browser.process import PageProcess
from irrvit.benchmark.remote_browser.server import RemoteServer
from irrvit.benchmark.remote_browser.session import Session

OWN = Options(address="127.0.0.1")
CONFIG = RunConfig(runtime="onnxruntime", timeout_s=5)


@pytest.fixture(autouse=True)
def notes(tmp_path, monkeypatch):
    """Where it is written down who was let in."""
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "kept"))
    return tmp_path / "kept" / "phones"


@pytest.fixture
def serial(session, server, page):
    with sharing.shared(session, server, session.guest.facts, 7.0) as serial:
        yield serial


def silent(name, stage):
    pass


def talk():
    (phone,) = list(borrowing.shared_phones())
    return phone.talk


def test_it_is_a_device_of_this_machine_until_it_is_shared_no_more(session, server, page):
    with sharing.shared(session, server, session.guest.facts, 7.0) as serial:
        (seen,) = [seen for seen in kinds.seen() if seen.kind == "remote-browser"]
        assert seen.name == f"Safari 18.5 on iPhone; CPU iPhone OS 18_5 like Mac OS X ({serial})"
        assert seen.is_ready
        phone = kinds.find(serial)
        assert phone.describe().kind == "remote-browser"
        assert phone.state().battery_percent == 80
    with pytest.raises(DeviceNotFound):
        kinds.find(serial)
    (seen,) = [seen for seen in kinds.seen() if seen.kind == "remote-browser"]
    assert not seen.is_ready


@pytest.mark.needs("onnx", "onnxruntime")
def test_another_process_measures_on_it_as_the_one_that_let_it_in(
    session, server, page, serial, artifact_folder
):
    """By the same words: only who asks differs."""
    (file,) = artifact_folder.glob("*.onnx")
    pixels = np.random.default_rng(0).standard_normal((1, 3, 56, 56)).astype(np.float32)
    logits = []
    for asked in (PageProcess(session, server, str(file), CONFIG), _elsewhere(serial, file)):
        asked.set_input(pixels)
        assert len(asked.time(3).latencies_ms) == 3
        logits.append(asked.logits())
        asked.close()
    assert np.array_equal(*logits)
    assert page._sessions == {}


def _elsewhere(serial, file):
    return kinds.find(serial).open(str(file), CONFIG)


def test_only_its_user_may_read_how_it_is_reached(serial, notes):
    (note,) = notes.iterdir()
    assert stat.S_IMODE(note.stat().st_mode) == 0o600


def test_a_wrong_key_reaches_nothing(serial, notes):
    (note,) = notes.iterdir()
    key = json.loads(note.read_text())["key"]
    note.write_text(note.read_text().replace(key, "00" * 32))
    assert list(borrowing.shared_phones()) == []


@pytest.mark.parametrize("content", ["", "{", "[]", '{"address": 5, "key": "", "facts": {}}', "{}"])
def test_what_is_no_note_is_passed_over_and_left_alone(serial, notes, content):
    (notes / "abcdef.json").write_text(content)
    (notes / "folder.json").mkdir()
    assert [phone.serial for phone in borrowing.shared_phones()] == [serial]
    assert (notes / "abcdef.json").read_text() == content


def test_a_phone_is_waited_for_so_long_as_a_note_says_in_numbers_alone(serial, notes):
    (note,) = notes.iterdir()
    note.write_text(json.dumps(json.loads(note.read_text()) | {"wait_s": "long"}))
    assert list(borrowing.shared_phones()) == []


def test_a_note_of_another_machine_with_the_same_folder_is_left_alone(serial, notes):
    (note,) = notes.iterdir()
    said = json.loads(note.read_text()) | {"host": "elsewhere"}
    note.write_text(json.dumps(said))
    assert list(borrowing.shared_phones()) == []
    assert note.is_file()


def test_where_nothing_can_be_noted_is_said_before_anybody_is_let_in(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv(kept.VARIABLE, str(tmp_path / "file"))
    with (
        pytest.raises(BadOptions, match="who was let in cannot be noted in"),
        device.let_in(1, OWN),
    ):
        pass
    (seen,) = [seen for seen in kinds.seen() if seen.kind == "remote-browser"]
    assert "cannot be noted" in seen.state
    with pytest.raises(DeviceNotFound):
        kinds.find("abcdef")


def test_one_measures_at_a_time(serial, artifact_folder):
    (file,) = artifact_folder.glob("*.onnx")
    one, other = kinds.find(serial), kinds.find(serial)
    process = one.open(str(file), CONFIG)
    with pytest.raises(DeviceLost, match="another process measures on this phone"):
        other.open(str(file), CONFIG)
    process.close()
    del one, process
    other.open(str(file), CONFIG).close()


def test_what_two_ask_at_once_is_asked_one_after_the_other(session, page):
    """Whoever asks gets the answer to that, and to nothing else."""
    page.answers["state"] = lambda question: {"said": question["word"]}
    with ThreadPoolExecutor() as threads:
        words = [f"word {n}" for n in range(20)]
        asked = threads.map(
            lambda word: session.ask("state", timeout_s=5, page=session.page, word=word), words
        )
        assert [answer["said"] for answer in asked] == words


def test_a_process_that_is_stopped_keeps_nobody_waiting(monkeypatch, serial):
    monkeypatch.setattr(borrowing, "_ANSWER_S", 0.2)
    monkeypatch.setattr(borrowing, "_connected", lambda *_: time.sleep(60))
    assert list(borrowing.shared_phones()) == []
    with pytest.raises(DeviceLost, match="does not answer any more"):
        kinds.find(serial)


def test_what_the_other_process_was_told_is_not_told_again(serial):
    assert device.find_shared(serial, Options(), silent)._wait_s == 7.0
    with pytest.raises(BadOptions, match="leave --address and --port out"):
        kinds.find(serial, {"port": 9000})
    assert device.find_shared(serial, Options(wait=3.0), silent)._wait_s == 3.0


def test_what_a_process_left_in_the_page_is_closed_when_another_begins(serial, page):
    one, other = talk(), talk()
    one.ask("prepare", timeout_s=5, page=one.page, worker=1, options={})
    one.ask("prepare", timeout_s=5, page=one.page, worker=2, options={})
    assert page.heard == ["prepare", "prepare"]
    other.ask("prepare", timeout_s=5, page=other.page, worker=3, options={})
    assert page.heard == ["prepare", "prepare", "close", "close", "prepare"]


def test_what_goes_wrong_on_the_phone_is_said_elsewhere_too(quick, serial, page):
    page.answers["load"] = {"error": "no memory"}
    with pytest.raises(CommandFailed, match="its runtime says: no memory"):
        talk().ask("load", timeout_s=5, page=talk().page, worker=1, name="x")
    page.close()
    assert "was closed" in str(talk().absence())


@pytest.mark.needs("onnx", "onnxruntime")
def test_a_process_that_ends_takes_the_phone_with_it(notes, folder):
    """Killed, it cannot clean up: its note tells whoever names the phone what happened."""
    code = (
        "import sys, time\n"
        "from pathlib import Path\n"
        "from irrvit.benchmark.remote_browser.server import RemoteServer\n"
        "from irrvit.benchmark.remote_browser.session import Session\n"
        "from irrvit.benchmark.remote_browser.sharing import shared\n"
        "session = Session()\n"
        "server = RemoteServer(session, '127.0.0.1', 0, page=Path('dist'))\n"
        "with shared(session, server, {}, 7.0):\n"
        "    print('shared', flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [sys.executable, "-c", code]
    sharer = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True)
    assert sharer.stdout is not None
    assert sharer.stdout.readline() == "shared\n"
    (phone,) = list(borrowing.shared_phones())
    sharer.kill()
    sharer.wait()
    with pytest.raises(DeviceLost, match="the process that let the phone in does not answer"):
        phone.talk.absence()
    assert list(borrowing.shared_phones()) == []
    with pytest.raises(DeviceLost, match="let the phone in again"):
        kinds.find(phone.serial)


def test_phones_of_one_process_are_told_apart(session, server, page, folder, monkeypatch):
    monkeypatch.chdir(folder)
    other = Session()
    second = RemoteServer(other, "127.0.0.1", 0, page=folder / "dist")
    with (
        sharing.shared(session, server, session.guest.facts, 7.0) as one,
        sharing.shared(other, second, {"name": "another"}, 7.0) as two,
    ):
        by_serial = {phone.serial: phone for phone in borrowing.shared_phones()}
        assert set(by_serial) == {one, two}
        assert by_serial[one].talk.page == page.page
        assert by_serial[two].talk.page == ""
    second.close()
