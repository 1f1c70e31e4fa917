"""The demo shows what files say, and fails when two of them name different things."""

from __future__ import annotations

import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console

from irrvit.export import demo
from irrvit.export.precision import Tolerance
from irrvit.export.proof import cases
from irrvit.model.data import fashion_mnist

TOLERANCE = Tolerance(max_rel=1e-3, min_cosine=0.99, min_sqnr_db=40)


def disagreements(one: list[float], other: list[float]) -> list[str]:
    logits_by_file = {
        "a": {"cat.jpg": np.array(one, float)},
        "b": {"cat.jpg": np.array(other, float)},
    }
    return demo.disagreements(logits_by_file, {"a": TOLERANCE, "b": TOLERANCE})


def test_top_gives_first_names_and_probabilities_best_first():
    named = demo.top(np.log([1.0, 5.0, 4.0]), ("tabby, tabby cat", "espresso", "cup"), k=2)
    assert [name for name, _ in named] == ["espresso", "cup"]
    np.testing.assert_allclose([probability for _, probability in named], [0.5, 0.4])


def test_top_of_large_logits_does_not_overflow():
    assert demo.top(np.array([1e4, 0.0]), (), k=1) == [("class 0", 1.0)]


def test_files_that_say_the_same_agree():
    assert disagreements([1, 5, 2], [1.001, 4.999, 2]) == []


def test_files_that_name_different_things_disagree():
    assert disagreements([1, 5, 2], [5, 1, 2]) == ["cat.jpg: a and b name different things"]


def test_a_lead_smaller_than_the_tolerances_is_no_evidence():
    assert disagreements([1, 5, 5.001], [1, 5.001, 5]) == []


@pytest.fixture(scope="session")
def exported_twice(tmp_path_factory) -> Path:
    """One network in two files, really exported."""
    pytest.importorskip("onnxruntime")
    out = tmp_path_factory.mktemp("demo") / "irrvit_tiny"
    program = Path(sys.executable).with_name("irrvit-export")
    options = ["--model", "irrvit_tiny", "--target", "onnx", "--out", str(out)]
    for precision in ("fp32", "fp16"):
        command = [program, *options, "--precision", precision]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    return out


def run_demo(*folders: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "irrvit.export.demo", *map(str, folders)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_two_files_of_one_network_agree_in_a_table_of_80_columns(exported_twice):
    done = run_demo(exported_twice)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    for expected in ("onnx fp32", "onnx fp16", *(path.stem for path in cases.pictures())):
        assert any(expected in line for line in lines), expected


def test_networks_that_saw_the_same_pictures_stand_side_by_side():
    said = {"cat.jpg": np.array([0.0, 9.0])}
    one, other = (
        demo.Shown(name, labels, said, [])
        for name, labels in (("large", ("dog, hound", "cat, tabby")), ("small", ("car", "tabby")))
    )
    elsewhere = demo.Shown("clothes", ("bag", "shirt"), {"bag": np.array([1.0, 0.0])}, [])
    together = demo.side_by_side([one, other, elsewhere])
    assert together is not None
    assert [column.header for column in together.columns] == ["picture", "large", "small"]
    console = Console(width=80, record=True, file=StringIO())
    console.print(together)
    (row,) = [line for line in console.export_text().splitlines() if "cat  " in line]
    assert [word for word in row.split() if word in ("cat", "tabby")][1:] == ["cat", "tabby"]


def test_one_network_has_nothing_at_its_side():
    assert demo.side_by_side([demo.Shown("a", ("x",), {"cat.jpg": np.array([1.0])}, [])]) is None


def test_one_file_alone_compares_nothing(exported_twice, tmp_path):
    shutil.copytree(exported_twice / "onnx-fp32", tmp_path / "irrvit_tiny" / "onnx-fp32")
    done = run_demo(tmp_path / "irrvit_tiny")
    assert (done.returncode, done.stdout) == (2, "")
    assert "holds 1 exported files" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_file_is_named(exported_twice, tmp_path):
    copied = shutil.copytree(exported_twice, tmp_path / "irrvit_tiny")
    (copied / "onnx-fp16" / "irrvit_tiny.onnx").write_bytes(b"damaged")
    done = run_demo(copied)
    assert done.returncode == 2
    assert "irrvit_tiny.onnx is not the file that its manifest describes" in done.stderr


def shown(folder: Path) -> dict[str, np.ndarray]:
    return demo.pictures(demo.artifacts(folder)[0].manifest)


def test_network_of_photographs_is_shown_photographs(exported_twice):
    assert list(shown(exported_twice)) == [path.name for path in cases.pictures()]


@pytest.mark.skipif(not fashion_mnist.ROOT.exists(), reason="dataset-fashion-mnist is missing")
def test_network_of_clothes_is_shown_one_picture_of_each(exported_twice):
    manifest = demo.artifacts(exported_twice)[0].manifest
    pictures = demo.pictures(manifest.model_copy(update={"labels": fashion_mnist.LABELS}))
    assert tuple(pictures) == fashion_mnist.LABELS
    test = fashion_mnist.load().test
    assert test is not None
    boot = test.pixels([0], manifest.input)[0]  # The first picture is an ankle boot.
    assert np.array_equal(pictures["Ankle boot"], boot)
