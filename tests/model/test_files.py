from __future__ import annotations

import pytest

from irrvit.model.errors import BadCheckpoint
from irrvit.model.files import code_hash, sha256, write_in_one_piece


def test_hash_is_of_the_content(tmp_path):
    (tmp_path / "x").write_bytes(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256(tmp_path / "x", BadCheckpoint) == expected


@pytest.mark.parametrize(("name", "said"), [("", "is a folder"), ("absent", "does not exist")])
def test_what_cannot_be_hashed_is_named(tmp_path, name, said):
    with pytest.raises(BadCheckpoint, match=f"{said}: expected a file"):
        sha256(tmp_path / name, BadCheckpoint)


class TestCodeHash:
    @pytest.fixture
    def tree(self, tmp_path):
        for name in ("spec.py", "room/a.py", "room/deep/b.py", "other/c.py"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(name)
        return tmp_path

    @pytest.fixture
    def before(self, tree):
        return code_hash("spec.py", "room", root=tree)

    @pytest.mark.parametrize("name", ["spec.py", "room/a.py", "room/deep/b.py"])
    def test_changes_with_the_content_of_each_file(self, tree, before, name):
        (tree / name).write_text("x = 1")
        assert code_hash("spec.py", "room", root=tree) != before

    @pytest.mark.parametrize("name", ["room/new.py", "room/deep/table.json"])
    def test_changes_with_a_file_more(self, tree, before, name):
        (tree / name).write_text("")
        assert code_hash("spec.py", "room", root=tree) != before

    def test_changes_with_a_name(self, tree, before):
        (tree / "room/a.py").rename(tree / "room/z.py")
        assert code_hash("spec.py", "room", root=tree) != before

    def test_text_that_moves_between_files_changes_it(self, tree, before):
        (tree / "room/a.py").write_text("room/deep/b.py")
        (tree / "room/deep/b.py").write_text("room/a.py")
        assert code_hash("spec.py", "room", root=tree) != before

    @pytest.mark.parametrize("name", ["other/c.py", "new.py", "room/__pycache__/a.pyc"])
    def test_stays_whatever_else_changes(self, tree, before, name):
        (tree / name).parent.mkdir(exist_ok=True)
        (tree / name).write_text("x = 1")
        assert code_hash("spec.py", "room", root=tree) == before

    def test_a_part_that_is_not_there_is_refused(self, tree):
        with pytest.raises(FileNotFoundError):
            code_hash("spec.py", "rooms", root=tree)


def test_write_that_fails_half_way_leaves_the_file_before(tmp_path):
    path = tmp_path / "x.txt"
    write_in_one_piece(path, lambda part: part.write_text("whole"))

    def fail(part):
        part.write_text("ha")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_in_one_piece(path, fail)
    assert path.read_text() == "whole"
