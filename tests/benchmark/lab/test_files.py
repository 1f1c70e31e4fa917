"""Artifacts arrive as they were sent, once, and are not trusted before they are looked at."""

import errno
from dataclasses import replace
from pathlib import Path

import pytest

from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.lab import files


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "net").mkdir()
    (tmp_path / "net" / "net.onnx").write_bytes(b"a network")
    (tmp_path / "net" / "manifest.json").write_text("{}")
    return tmp_path / "net"


def contents(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_what_is_there_is_not_asked_for_again(folder):
    asked = []

    def get(parcel):
        asked.append(parcel)
        return parcel

    sent = files.send([folder, folder], lambda parcel: parcel)
    (first,) = files.received(sent, get)
    (second,) = files.received(sent, get)
    assert first == second
    assert contents(first) == contents(folder)
    assert len(asked) == 1


def test_what_was_changed_on_the_host_is_asked_for_again(folder):
    sent = files.send([folder], lambda parcel: parcel)
    (place,) = files.received(sent, lambda parcel: parcel)
    (place / "net.onnx").write_bytes(b"something else")
    (again,) = files.received(sent, lambda parcel: parcel)
    assert contents(again) == contents(folder)


def test_what_arrives_other_than_it_was_asked_for_is_refused(folder):
    sent = files.send([folder], lambda parcel: parcel)
    with pytest.raises(CommandFailed, match="was not asked for"):
        files.received({"0" * 64: next(iter(sent.values()))}, lambda parcel: parcel)
    with pytest.raises(CommandFailed, match="arrived damaged"):
        files.received(sent, lambda parcel: replace(parcel, content=parcel.content[:-30]))
    assert not list(Path(files.folder("files")).iterdir())


def test_a_full_disk_is_a_sentence(folder, monkeypatch):
    def full(path, content):
        raise OSError(errno.ENOSPC, "No space left on device")

    sent = files.send([folder], lambda parcel: parcel)
    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(CommandFailed, match="cannot keep the files: No space left on device; make"):
        files.received(sent, lambda parcel: parcel)
    monkeypatch.undo()
