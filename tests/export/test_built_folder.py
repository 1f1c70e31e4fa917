"""A folder that a program makes is whole or not there, and made once whoever asks."""

import threading

import pytest

from irrvit.export.built_folder import build_once

STAMP = "stamp"


def is_current(folder):
    return (folder / STAMP).is_file()


def build(folder):
    folder.mkdir()
    (folder / "large").write_text("made")
    (folder / STAMP).touch()


def test_it_is_built_where_it_is_missing_and_nothing_is_left_beside_it(tmp_path):
    build_once(tmp_path / "deep" / "made", build, is_current=is_current)
    assert (tmp_path / "deep/made/large").read_text() == "made"
    assert {p.name for p in (tmp_path / "deep").iterdir()} == {"made", "made.lock"}


def test_it_is_left_as_it_is_while_it_is_current(tmp_path):
    build_once(tmp_path / "made", build, is_current=is_current)
    (tmp_path / "made/large").write_text("looked after")
    build_once(tmp_path / "made", build, is_current=is_current)
    assert (tmp_path / "made/large").read_text() == "looked after"


def test_one_that_is_not_current_is_replaced_whole(tmp_path):
    (tmp_path / "made").mkdir()
    (tmp_path / "made/old").touch()
    build_once(tmp_path / "made", build, is_current=is_current)
    assert {p.name for p in (tmp_path / "made").iterdir()} == {"large", STAMP}


def test_what_an_interrupted_build_left_is_never_taken_for_whole(tmp_path):
    def break_off(folder):
        build(folder)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build_once(tmp_path / "made", break_off, is_current=is_current)
    assert not (tmp_path / "made").exists()
    build_once(tmp_path / "made", build, is_current=is_current)
    assert is_current(tmp_path / "made")


def test_two_who_ask_at_once_build_it_once(tmp_path):
    started, go_on, builds = threading.Event(), threading.Event(), []

    def build_slowly(folder):
        builds.append(folder)
        started.set()
        assert go_on.wait(10)
        build(folder)

    def ask():
        build_once(tmp_path / "made", build_slowly, is_current=is_current)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    threads[0].start()
    assert started.wait(10)
    threads[1].start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(builds) == 1
