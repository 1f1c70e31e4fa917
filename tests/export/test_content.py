"""A file and a folder of files alike have a hash, which sees names and contents, and a size."""

import hashlib

from irrvit.export.content import content_hash, content_size


def folder(top, **files):
    for name, text in files.items():
        (top / "deep").mkdir(parents=True, exist_ok=True)
        (top / "deep" / name).write_text(text)
    return top


def test_the_hash_of_a_file_is_that_of_its_bytes(tmp_path):
    (tmp_path / "file").write_bytes(b"text")
    assert content_hash(tmp_path / "file") == hashlib.sha256(b"text").hexdigest()


def test_the_hash_of_a_folder_sees_names_and_contents_and_not_its_own_place(tmp_path):
    first = content_hash(folder(tmp_path / "a", x="1", y="2"))
    assert content_hash(folder(tmp_path / "b", y="2", x="1")) == first
    assert content_hash(folder(tmp_path / "c", x="2", y="1")) != first
    assert content_hash(folder(tmp_path / "d", x="1", z="2")) != first
    assert content_hash(folder(tmp_path / "e", x="1")) != first


def test_the_size_of_a_folder_is_that_of_all_its_files(tmp_path):
    top = folder(tmp_path / "a", x="123", y="12345")
    assert content_size(top) == 8
    assert content_size(top / "deep" / "x") == 3
