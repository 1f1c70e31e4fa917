"""Files of weights that are refused: each thing wrong with one is a sentence."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
import safetensors.torch
import torch
from torch import nn

from irrvit.model import sources
from irrvit.model.errors import BadCheckpoint
from irrvit.model.sources.checkpoints import checkpoint

TINY = "irrvit_tiny"


class Touch:
    """Creates a file when it is unpickled."""

    def __init__(self, marker: Path):
        self.marker = marker

    def __reduce__(self):
        return open, (str(self.marker), "w")


def saved(content: object, path: Path) -> Path:
    torch.save(content, path)
    return path


def refused(path: Path) -> str:
    """The sentence; nothing but a BadCheckpoint may come out."""
    with pytest.raises(BadCheckpoint) as caught:
        sources.load(TINY, path)
    return str(caught.value)


class TestDoesNotFit:
    def test_names_and_shapes_are_listed(self, state, tmp_path):
        names = [k for k in state if k.startswith("blocks.") and state[k].ndim == 2]
        content = dict(state) | {f"extra.{i}": torch.zeros(1) for i in range(7)}
        content[names[0]] = torch.zeros(3, 3)
        del content[names[1]]
        text = refused(saved(content, tmp_path / "w.pth"))
        assert f"1 missing: {names[1]}\n" in text
        assert "7 unexpected: extra.0, extra.1, extra.2, extra.3, extra.4, ..." in text
        assert f"1 of another shape: {names[0]} (got [3, 3], expected" in text

    @pytest.mark.parametrize(
        ("extra", "listed"), [(5, "5 unexpected: x0, x1, x2, x3, x4"), (6, "x3, x4, ...")]
    )
    def test_the_first_five_are_listed(self, state, tmp_path, extra, listed):
        content = dict(state) | {f"x{i}": torch.zeros(1) for i in range(extra)}
        assert refused(saved(content, tmp_path / "w.pth")).endswith(listed)

    def test_another_variant(self, state, tmp_path):
        path = saved(state, tmp_path / "w.pth")
        with pytest.raises(BadCheckpoint, match="does not fit"):
            sources.load(f"{TINY}+linear14", path)


class TestDamaged:
    def test_nan(self, state, tmp_path):
        name = next(k for k, v in state.items() if v.is_floating_point())
        content = dict(state) | {name: torch.full_like(state[name], float("nan"))}
        text = refused(saved(content, tmp_path / "w.pth"))
        assert "NaN or infinite numbers in 1 of" in text
        assert name in text

    def test_infinity_in_safetensors(self, state, tmp_path):
        name = next(k for k, v in state.items() if v.is_floating_point())
        content = dict(state) | {name: torch.full_like(state[name], float("inf"))}
        safetensors.torch.save_file(content, tmp_path / "w.safetensors")
        assert name in refused(tmp_path / "w.safetensors")

    @pytest.mark.parametrize("keep", [0, 100, 0.5, 0.99])
    @pytest.mark.parametrize("suffix", [".pth", ".safetensors"])
    def test_truncated(self, state, tmp_path, suffix, keep):
        whole, path = tmp_path / f"whole{suffix}", tmp_path / f"w{suffix}"
        save = safetensors.torch.save_file if suffix == ".safetensors" else torch.save
        save(state, whole)
        content = whole.read_bytes()
        path.write_bytes(content[: keep if keep == 0 or keep > 1 else int(keep * len(content))])
        assert "damaged" in refused(path)

    @pytest.mark.parametrize("zipped", [True, False])
    def test_pickled_code_is_named_and_not_run(self, tmp_path, zipped):
        marker, path = tmp_path / "marker", tmp_path / "w.pth"
        content = {"state_dict": Touch(marker)}
        torch.save(content, path, _use_new_zipfile_serialization=zipped)
        text = refused(path)
        assert "holds pickled Python objects other than tensors" in text
        assert "open" in text
        assert not marker.exists()
        torch.load(path, weights_only=False)
        assert marker.exists(), "the file is harmless: the test proves nothing"

    @pytest.mark.parametrize("name", ["w.pth", "w.safetensors"])
    def test_text_file(self, tmp_path, name):
        (tmp_path / name).write_text("these are no weights\n" * 100)
        assert "damaged" in refused(tmp_path / name)

    def test_zip_without_tensors(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "w.pth", "w") as archive:
            archive.writestr("readme", "hello")
        assert "damaged" in refused(tmp_path / "w.pth")

    @pytest.mark.filterwarnings("ignore")
    def test_torchscript(self, tmp_path):
        torch.jit.script(nn.Linear(2, 2)).save(tmp_path / "w.pt")
        assert "a TorchScript archive, which is code" in refused(tmp_path / "w.pt")


class TestOtherFiles:
    def test_missing(self, tmp_path):
        assert "does not exist" in refused(tmp_path / "absent.pth")

    def test_folder(self, tmp_path):
        assert "expected a folder of save_pretrained, or a file" in refused(tmp_path)

    def test_folder_of_a_training_run_says_what_is_there(self, tmp_path):
        for name in ("last.pth.tar", "model_best.pth.tar", "summary.csv"):
            (tmp_path / name).write_bytes(b"")
        assert refused(tmp_path).endswith("instead, last.pth.tar, model_best.pth.tar")

    @pytest.mark.parametrize(
        ("start", "what"),
        [
            (b"version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS"),
            (b"<!DOCTYPE html><html>", "a page of HTML"),
            (b"\x1f\x8b\x08", "packed by gzip"),
            (b"\x89HDF\r\n", "an HDF5 file"),
            (b"\x93NUMPY\x01", "a NumPy array"),
        ],
    )
    def test_what_is_taken_for_weights_is_named(self, tmp_path, start, what):
        (tmp_path / "w.pth").write_bytes(start + bytes(100))
        assert f"w.pth' is {what}" in refused(tmp_path / "w.pth")

    def test_a_program_is_named(self, tmp_path):
        program = torch.export.export(nn.Linear(2, 2), (torch.zeros(1, 2),))
        torch.export.save(program, tmp_path / "w.pt2")
        assert "give it as --model FILE.pt2" in refused(tmp_path / "w.pt2")

    def test_list_of_tensors(self, tmp_path):
        text = refused(saved([torch.zeros(1)], tmp_path / "w.pth"))
        assert "holds a list: expected a state_dict" in text

    def test_empty(self, tmp_path):
        assert "holds an empty dict" in refused(saved({}, tmp_path / "w.pth"))

    def test_numbers_between_the_tensors(self, state, tmp_path):
        text = refused(saved(dict(state) | {"epoch": 3}, tmp_path / "w.pth"))
        assert "are not plain tensors: epoch (a int)" in text

    @pytest.mark.parametrize("kind", ["sparse", "quantized", "meta"])
    @pytest.mark.filterwarnings("ignore")
    def test_tensors_of_another_kind(self, state, tmp_path, kind):
        odd = {
            "sparse": lambda: torch.eye(3).to_sparse(),
            "quantized": lambda: torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8),
            "meta": lambda: torch.zeros(3, device="meta"),
        }[kind]()
        text = refused(saved(dict(state) | {"odd": odd}, tmp_path / "w.pth"))
        assert "1 of " in text
        assert "entries are not plain tensors: odd (a Tensor)" in text

    def test_named_by_what_it_holds(self, state, tmp_path):
        path = saved(state, tmp_path / "a.pth")
        shutil.copy(path, tmp_path / "b.pth")
        a, b = checkpoint.read(path), checkpoint.read(tmp_path / "b.pth")
        assert a.sha256 == b.sha256
        assert a.description == f"checkpoint a.pth sha256 {a.sha256}"
