"""A reader sees the old folder or the new one, whatever happens to the writer."""

import signal
import subprocess
import sys
import textwrap
import threading
import time

import pytest

from irrvit.export.command import publish


def make(folder, text):
    folder.mkdir(parents=True)
    (folder / "model").write_text(text)
    (folder / "manifest").write_text(text)
    return folder


def never():
    raise AssertionError("nobody else holds the lock")


def test_the_first_artifact_is_put_in_place(tmp_path):
    publish.publish(make(tmp_path / "new", "1"), tmp_path / "place")
    assert (tmp_path / "place" / "model").read_text() == "1"
    assert not (tmp_path / "new").exists()


def test_a_new_artifact_replaces_the_old_and_leaves_nothing_behind(tmp_path):
    make(tmp_path / "place", "1")
    publish.publish(make(tmp_path / "new", "2"), tmp_path / "place")
    assert (tmp_path / "place" / "model").read_text() == "2"
    assert [p.name for p in tmp_path.iterdir()] == ["place"]


def test_a_file_system_that_cannot_exchange_folders_gets_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(publish, "_exchange", lambda a, b: False)
    make(tmp_path / "place", "1")
    publish.publish(make(tmp_path / "new", "2"), tmp_path / "place")
    assert (tmp_path / "place" / "model").read_text() == "2"
    assert [p.name for p in tmp_path.iterdir()] == ["place"]


def test_a_kill_between_two_renames_is_mended_by_the_next_export(tmp_path):
    make(tmp_path / ".previous-place", "1")
    with publish.workspace(tmp_path, on_wait=never):
        assert (tmp_path / "place" / "model").read_text() == "1"


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="only on Linux and macOS")
def test_a_reader_never_sees_half_an_artifact(tmp_path):
    place = make(tmp_path / "place", "0")
    stop, torn = threading.Event(), []

    def read():
        while not stop.is_set():
            if not (place / "model").exists():
                torn.append("missing")

    reader = threading.Thread(target=read)
    reader.start()
    for i in range(200):
        publish.publish(make(tmp_path / "new", str(i)), place)
    stop.set()
    reader.join()
    assert torn == []


def test_the_workspace_is_removed_also_after_an_error(tmp_path):
    def fail_half_way():
        with publish.workspace(tmp_path, on_wait=never) as space:
            (space / "half").write_text("written")
            raise KeyError

    with pytest.raises(KeyError):
        fail_half_way()
    assert [p.name for p in tmp_path.iterdir() if p.name != ".lock"] == []


HOLD = """
    import sys, time
    from pathlib import Path
    from irrvit.export.command import publish
    with publish.workspace(Path(sys.argv[1]), on_wait=lambda: None) as space:
        (space / "half").write_text("written")
        print("holding", flush=True)
        time.sleep(60)
"""


def hold(folder):
    holder = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLD), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "holding\n"
    return holder


def test_what_a_killed_export_left_is_removed_by_the_next(tmp_path):
    with hold(tmp_path) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    assert list(tmp_path.glob(".partial-*"))
    with publish.workspace(tmp_path, on_wait=never) as space:
        assert list(tmp_path.glob(".partial-*")) == [space]


def test_a_second_export_into_the_folder_waits_for_the_first(tmp_path):
    waited = []
    with hold(tmp_path) as holder:

        def end_the_first():
            waited.append(time.perf_counter())
            holder.kill()

        with publish.workspace(tmp_path, on_wait=end_the_first):
            assert len(waited) == 1
