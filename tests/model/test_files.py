from __future__ import annotations

import pytest

from irrvit.model.errors import BadCheckpoint
from irrvit.model.files import sha256, write_in_one_piece


def test_hash_is_of_the_content(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(tmp_path / "x", BadCheckpoint) == expected


@pytest.mark.parametrize(("name", "said"), [("", "is a folder"), ("absent", "does not exist")])
def test_what_cannot_be_hashed_is_named(tmp_path, name, said):
    with pytest.raises(BadCheckpoint, match=f"{said}: expected a file"):
        sha256(tmp_path / name, BadCheckpoint)


def test_write_that_fails_half_way_leaves_the_file_before(tmp_path):
    path = tmp_path / "x.txt"
    write_in_one_piece(path, lambda part: part.write_text("whole"))

    def fail(part):
        part.write_text("ha")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_in_one_piece(path, fail)
    assert path.read_text() == "whole"
