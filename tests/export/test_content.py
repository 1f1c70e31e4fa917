"""A file and a folder are told by what they hold."""

import hashlib

from irrvit.export.content import content_hash, content_size


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path):
    (tmp_path / "net.onnx").write_bytes(b"a file")
    assert content_hash(tmp_path / "net.onnx") == hashlib.sha256(b"a file").hexdigest()


def test_the_hash_of_a_folder_sees_names_and_contents(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "x").write_text("1")
    first = content_hash(tmp_path / "a")
    (tmp_path / "a" / "x").rename(tmp_path / "a" / "y")
    second = content_hash(tmp_path / "a")
    (tmp_path / "a" / "y").write_text("2")
    assert len({first, second, content_hash(tmp_path / "a")}) == 3


def test_the_size_of_a_folder_is_that_of_all_its_files(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "x").write_bytes(b"123")
    (tmp_path / "a" / "b" / "y").write_bytes(b"45")
    assert content_size(tmp_path / "a") == 5
    assert content_size(tmp_path / "a" / "x") == 3
