"""Pictures are read once, and again only where one may be another."""

import os
import time

import pytest
from PIL import Image

from irrvit.model.data import checked
from irrvit.model.data.checked import check


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("IRRVIT_DATA_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def settled(monkeypatch):
    """Files that were just written count as old."""
    monkeypatch.setattr(checked, "_SETTLED_NS", -10_000_000_000)


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    paths = [folder / f"{i}.bmp" for i in range(3)]
    for i, path in enumerate(paths):
        Image.new("L", (8, 8), i).save(path)
    return paths


def look(files):
    """What `check` finds, and what it says while it reads."""
    said: list[str] = []
    digests, skipped = check(files[0].parent, files, said.append)
    return digests, skipped, said


def test_what_is_read_is_said_and_what_is_known_is_not(files, settled):
    first = look(files)
    assert first[2] == ["checking pictures: 0 of 3", "done: 3 pictures are whole"]
    assert look(files) == (*first[:2], [])
    assert list(first[0]) == files


def test_a_changed_file_alone_is_read_again(files, settled):
    before, _, _ = look(files)
    Image.new("L", (8, 8), 99).save(files[1])
    after, _, said = look(files)
    assert said[0] == "checking pictures: 0 of 1"
    assert [before[f] == after[f] for f in files] == [True, False, True]


def test_another_file_of_the_same_size_and_date_is_seen(files, settled):
    """As from an archive that gives every file the same date."""
    for file in files:
        os.utime(file, (1000, 1000))
    before, _, _ = look(files)
    Image.new("L", (8, 8), 99).save(files[0])
    os.utime(files[0], (1000, 1000))
    assert look(files)[0] != before


def test_a_picture_that_was_just_written_is_not_trusted(files):
    look(files)
    assert look(files)[2] == ["checking pictures: 0 of 3", "done: 3 pictures are whole"]


@pytest.mark.parametrize(("age_s", "kept"), [(1.5, False), (2.5, True)])
def test_what_is_older_than_a_coarse_clock_is(files, monkeypatch, age_s, kept):
    now = max(f.stat().st_ctime_ns for f in files) + int(age_s * 1e9)
    monkeypatch.setattr(time, "time_ns", lambda: now)
    look(files)
    assert (look(files)[2] == []) is kept


def test_a_broken_file_is_named_every_time(files, settled):
    files[1].write_bytes(b"no picture")
    for _ in range(2):
        digests, skipped, _ = look(files)
        assert list(digests) == [files[0], files[2]]
        assert len(skipped) == 1
        assert "1.bmp: cannot identify image file" in skipped[0]


def test_a_link_to_nothing_is_named(files):
    files[0].unlink()
    files[0].symlink_to("nowhere")
    assert "0.bmp: [Errno 2] No such file" in look(files)[1][0]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole.replace(b"0.bmp", b"1.bmp"),
        lambda whole: b"\xff" + whole,
        lambda whole: whole.partition(b"\n")[2],
    ],
)
def test_a_damaged_cache_is_as_good_as_none(files, settled, cache, damage):
    first = look(files)
    (place,) = cache.glob("checked-*.json")
    place.write_bytes(damage(place.read_bytes()))
    assert look(files) == first
    assert look(files)[2] == []


def test_a_cache_that_cannot_be_written_costs_time_and_nothing_else(files, cache, settled, caplog):
    cache.write_text("a file where the folder should be")
    first = look(files)
    assert "name another folder with IRRVIT_DATA_CACHE" in caplog.text
    assert look(files) == first


def test_an_interrupted_check_goes_on_where_it_was(files, settled, monkeypatch):
    monkeypatch.setattr(checked, "_BATCH", 1)

    def stop(stage: str) -> None:
        if "2 of 3" in stage:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check(files[0].parent, files, stop)
    assert look(files)[2][0] == "checking pictures: 0 of 1"


def test_two_folders_are_told_apart(files, settled, tmp_path):
    look(files)
    other = tmp_path / "other"
    files[0].parent.rename(other)
    assert look([other / file.name for file in files])[2] != []
