"""The archive: every door to code that torch's loader has is shut, and damage is told."""

from __future__ import annotations

import io
import pickle
import zipfile
from pathlib import Path

import pytest
import torch

from irrvit.model import sources
from irrvit.model.errors import BadProgram

GRAPH = "models/model.json"
WEIGHTS = "data/weights/model_weights_config.json"
CONSTANTS = "data/constants/model_constants_config.json"
SAMPLES = "data/sample_inputs/model.pt"


class Touch:
    """Creates a file when it is unpickled."""

    def __init__(self, marker: Path):
        self.marker = marker

    def __reduce__(self):
        return open, (str(self.marker), "w")


def pickled(marker: Path) -> bytes:
    buffer = io.BytesIO()
    torch.save(Touch(marker), buffer)
    return buffer.getvalue()


def payload(name: str) -> dict:
    return {"path_name": name, "is_param": False, "use_pickle": True, "tensor_meta": None}


@pytest.mark.filterwarnings("ignore")
class TestDoors:
    def test_pickled_sample_inputs_are_refused(
        self, good, contents, write, assert_refused, tmp_path, marker
    ):
        path = write(tmp_path / "x.pt2", contents(good) | {SAMPLES: pickled(marker)})
        assert_refused(path, marker, SAMPLES)

    def test_pickled_weight_is_refused(
        self, good, contents, write, edited, assert_refused, tmp_path, marker
    ):
        path = edited(
            good, tmp_path / "a.pt2", WEIGHTS, lambda d: d["config"].update(x=payload("weight_99"))
        )
        entries = contents(path) | {"data/weights/weight_99": pickled(marker)}
        assert_refused(write(tmp_path / "b.pt2", entries), marker, WEIGHTS)

    def test_pickled_constant_is_refused(
        self, good, contents, write, edited, assert_refused, tmp_path, marker
    ):
        path = edited(
            good, tmp_path / "a.pt2", CONSTANTS, lambda d: d["config"].update(x=payload("tensor_0"))
        )
        entries = contents(path) | {"data/constants/tensor_0": pickled(marker)}
        assert_refused(write(tmp_path / "b.pt2", entries), marker, CONSTANTS)

    def test_opaque_object_is_refused(
        self, good, contents, write, edited, assert_refused, tmp_path, marker
    ):
        path = edited(
            good,
            tmp_path / "a.pt2",
            CONSTANTS,
            lambda d: d["config"].update(x=payload("opaque_obj_0")),
        )
        name = "data/constants/opaque_obj_0"
        entries = contents(path) | {name: pickle.dumps(Touch(marker))}
        assert_refused(write(tmp_path / "b.pt2", entries), marker, name)

    @pytest.mark.parametrize("entry", ["data/weights/model.pt", "data/constants/model.pt"])
    def test_old_style_pickle_is_refused(
        self, good, contents, write, assert_refused, tmp_path, marker, entry
    ):
        path = write(tmp_path / "x.pt2", contents(good) | {entry: pickled(marker)})
        assert_refused(path, marker, entry)


class TestOtherEntries:
    @pytest.mark.parametrize(
        ("entry", "reason"),
        [
            ("data/aotinductor/model/model.wrapper.so", "compiled code"),
            ("data/constants/custom_obj_0", "pickled object"),
            ("models/other.json", "second program"),
            ("../../outside", "unknown"),
        ],
    )
    def test_is_refused_by_name(self, good, contents, write, tmp_path, entry, reason):
        path = write(tmp_path / "x.pt2", contents(good) | {entry: b"x"})
        with pytest.raises(BadProgram, match=reason) as caught:
            sources.load(str(path))
        assert entry in str(caught.value)

    @pytest.mark.filterwarnings("ignore:Duplicate name")
    def test_two_entries_of_one_name_are_refused(self, good, contents, write, tmp_path):
        path = write(tmp_path / "x.pt2", contents(good))
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(f"net/{GRAPH}", b"{}")
        with pytest.raises(BadProgram, match="two entries"):
            sources.load(str(path))

    def test_zip_bomb_is_refused(self, good, contents, tmp_path):
        path = tmp_path / "x.pt2"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in contents(good).items():
                archive.writestr(f"net/{name}", content)
            archive.writestr("net/extra/bomb", bytes(10_000_000))
        with pytest.raises(BadProgram, match="unpacks to more"):
            sources.load(str(path))

    def test_just_more_than_its_own_size_is_refused(self, good, contents, tmp_path):
        def with_zeros(count: int) -> Path:
            path = tmp_path / f"{count}.pt2"
            with zipfile.ZipFile(path, "w") as archive:
                for name, content in contents(good).items():
                    archive.writestr(f"net/{name}", content)
                archive.writestr("net/extra/zeros", bytes(count), zipfile.ZIP_DEFLATED)
            return path

        unpacked = sum(len(content) for content in contents(good).values())
        spare = with_zeros(1).stat().st_size - unpacked
        sources.load(str(with_zeros(spare)))
        with pytest.raises(BadProgram, match="unpacks to more than its own size"):
            sources.load(str(with_zeros(spare + 50)))

    @pytest.mark.parametrize(
        ("mark", "value"),
        [("archive_format", b"zip"), ("archive_version", b"1"), ("byteorder", b"big")],
    )
    def test_another_format_version_or_order_of_bytes_is_refused(
        self, good, contents, write, tmp_path, mark, value
    ):
        path = write(tmp_path / "x.pt2", contents(good) | {mark: value})
        with pytest.raises(BadProgram, match=f"'{mark}' is {value!r}: expected"):
            sources.load(str(path))

    def test_a_weight_without_its_bytes_is_refused(self, good, contents, write, tmp_path):
        entries = contents(good)
        name = max((n for n in entries if "weights/weight_" in n), key=lambda n: len(entries[n]))
        path = write(tmp_path / "x.pt2", entries | {name: b""})
        with pytest.raises(BadProgram, match=f"the entry '{name}' is empty"):
            sources.load(str(path))


class TestNotAProgram:
    @pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 torn"])
    def test_other_file(self, tmp_path, content):
        path = tmp_path / "x.pt2"
        path.write_bytes(content)
        with pytest.raises(BadProgram, match=r"damaged or not a \.pt2"):
            sources.load(str(path))

    def test_truncated(self, good, tmp_path):
        path = tmp_path / "x.pt2"
        path.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
        with pytest.raises(BadProgram, match=r"damaged or not a \.pt2"):
            sources.load(str(path))

    def test_flipped_byte_in_a_weight(self, good, contents, tmp_path):
        content = bytearray(good.read_bytes())
        name = b"net/data/weights/weight_0"
        at = content.index(contents(good)["data/weights/weight_0"])
        assert name in content[:at]
        content[at] ^= 1
        path = tmp_path / "x.pt2"
        path.write_bytes(content)
        with pytest.raises(BadProgram, match="damaged"):
            sources.load(str(path))

    @pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"[" * 100_000])
    def test_a_graph_of_another_shape(self, good, contents, write, tmp_path, content):
        path = write(tmp_path / "x.pt2", contents(good) | {GRAPH: content})
        with pytest.raises(BadProgram, match=r"is not what torch\.export\.save writes"):
            sources.load(str(path))

    def test_another_zip(self, write, tmp_path):
        with pytest.raises(BadProgram, match="entry"):
            sources.load(str(write(tmp_path / "x.pt2", {"readme": b"hello"})))
