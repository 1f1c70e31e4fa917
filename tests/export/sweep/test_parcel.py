"""What arrives is what was sent, or nothing is written."""

import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from irrvit.export.errors import BadArtifact
from irrvit.export.sweep.parcel import Parcel, pack, pack_folder, unpack

FILES = {"a.bin": b"\0\1\2" * 50, "deep/er/b.txt": b"words", "empty": b""}


def all_below(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_arrives_whole(tmp_path):
    unpack(pack(FILES), tmp_path / "sent")
    assert all_below(tmp_path / "sent") == FILES
    unpack(pack_folder(tmp_path / "sent"), tmp_path / "again")
    assert all_below(tmp_path / "again") == FILES


def test_the_hash_is_of_names_and_contents_whatever_their_order():
    assert pack(FILES).sha256 == pack(dict(reversed(FILES.items()))).sha256
    assert pack(FILES).sha256 != pack(FILES | {"empty": b"x"}).sha256
    assert pack(FILES).sha256 != pack({"other" + name: c for name, c in FILES.items()}).sha256


@pytest.mark.parametrize("name", ["../out", "/etc/out", "a/../../out", "C:\\out", "a\\out"])
def test_a_path_that_leads_out_of_the_folder_is_refused(tmp_path, name):
    with pytest.raises(BadArtifact, match="leads out of its folder"):
        unpack(pack({name: b"x"}), tmp_path / "in")
    assert not list(tmp_path.rglob("*"))


def test_a_file_that_changed_on_the_way_is_named_and_nothing_is_written(tmp_path):
    sent = pack(FILES)
    other = pack(FILES | {"deep/er/b.txt": b"wards"})
    with pytest.raises(BadArtifact, match=r"'deep/er/b\.txt' arrived other than it was sent"):
        unpack(replace(sent, content=other.content), tmp_path / "in")
    with pytest.raises(BadArtifact, match="'empty' arrived other"):
        unpack(replace(sent, hashes=sent.hashes | {"empty": "0"}), tmp_path / "in")
    assert not list(tmp_path.rglob("*"))


def test_what_would_grow_is_not_opened(tmp_path):
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10**6))
    with pytest.raises(BadArtifact, match="holds more than was sent"):
        unpack(Parcel({"zeros": ""}, kept.getvalue()), tmp_path)


@example(bytes.fromhex("0000080000000000000000000000000000000000000001"), 5)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_damage_is_a_sentence(tmp_path_factory, noise, at):
    sent = pack(FILES)
    damaged = sent.content[:at] + noise + sent.content[at + len(noise) :]
    folder = tmp_path_factory.mktemp("in")
    try:
        unpack(replace(sent, content=damaged), folder)
    except BadArtifact:
        assert not list(folder.iterdir())
    else:
        assert all_below(folder) == FILES
