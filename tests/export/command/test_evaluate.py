"""Labelled pictures through the written files: counted rightly, resumed, refused in sentences."""

import json
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from irrvit.export import artifact
from irrvit.model import sources
from irrvit.model.spec import preprocess

pytestmark = [pytest.mark.slow, pytest.mark.needs("onnx", "onnxruntime")]
PICTURES = 130
BOTH = ("--precision", "fp32", "--precision", "fp16", "--allow-degraded")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Noise in two folders that are called as two of the untrained network's classes."""
    top = tmp_path_factory.mktemp("labelled")
    rng = np.random.default_rng(0)
    for label in ("class 3", "class 8"):
        (top / label).mkdir()
        for i in range(PICTURES):
            small = rng.integers(0, 256, (4, 4, 3), np.uint8)
            Image.fromarray(small).resize((60, 70)).save(top / label / f"{i:03}.png")
    return top


def start(out, data, *more):
    command = [sys.executable, "-m", "irrvit.export.cli", "--model", "irrvit_tiny"]
    return subprocess.Popen(
        [*command, "--target", "onnx", "--out", str(out), "--evaluate", str(data), "--json", *more],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def evaluated(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts")
    process = start(out, folder, *BOTH)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    return out, json.loads(stdout)["artifacts"][0], stderr


def by_hand(folder):
    """PyTorch's decisions, one picture at a time, and the classes."""
    import torch

    source = sources.load("irrvit_tiny")
    decisions, classes = [], []
    for path in sorted(folder.glob("*/*.png")):
        with Image.open(path) as image:
            pixels = torch.from_numpy(preprocess(image, source.input).copy()) / 255
        normal = (pixels - torch.tensor(source.input.mean)) / torch.tensor(source.input.std)
        with torch.no_grad():
            decisions.append(int(source.network(normal.permute(2, 0, 1)[None]).argmax()))
        classes.append(source.labels.index(path.parent.name))
    return np.array(decisions), np.array(classes)


def test_the_manifest_says_how_the_file_does(evaluated, folder):
    out, row, _ = evaluated
    (known,) = artifact.open(out / "onnx-fp32").manifest.accuracy
    decisions, classes = by_hand(folder)
    assert known.pictures == 2 * PICTURES
    assert known.reference_right == (decisions == classes).sum()
    assert known.same_decisions == known.pictures
    assert row["accuracy"] == [known.model_dump()]


def test_pictures_are_checked_once_and_pytorch_looks_once_for_all_precisions(evaluated):
    *_, stderr = evaluated
    assert stderr.count("checking pictures: 0 of 260") == 1
    for name in ("PyTorch", "onnx-fp32", "onnx-fp16"):
        for seen in (100, 200, 2 * PICTURES):
            assert stderr.count(f"{name}: looking at pictures: {seen} of 260") == 1


def test_one_picture_of_a_class_is_enough_and_the_rule_for_its_name_is_told(evaluated, tmp_path):
    out, *_ = evaluated
    for number in ("3", "8"):
        (tmp_path / number).mkdir()
        Image.new("RGB", (40, 40), (9 * int(number), 0, 0)).save(tmp_path / number / "1.png")
    process = start(out, tmp_path, *BOTH)
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 0, stderr
    (*_, known) = json.loads(stdout)["artifacts"][0]["accuracy"]
    assert (known["pictures"], known["naming"]) == (2, "named by class numbers from 0")


def test_decisions_that_are_written_down_are_not_kept_twice(evaluated):
    out, *_ = evaluated
    assert sorted(p.name for p in out.iterdir()) == [".lock", "onnx-fp16", "onnx-fp32"]


def test_a_set_that_is_known_is_not_tried_again(evaluated, folder):
    out, *_ = evaluated
    process = start(out, folder, *BOTH)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 0
    assert "looking at pictures" not in stderr


def test_an_interrupted_evaluation_goes_on_where_it_was(folder, tmp_path):
    process = start(tmp_path, folder)
    assert process.stderr is not None
    for line in process.stderr:
        if "looking at pictures: 100 of" in line:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    kept = [np.load(path) for path in (tmp_path / ".evaluation").glob("*.npy")]
    half_done = sum(bool((decisions[:100] >= 0).all()) for decisions in kept)
    assert half_done >= 1
    process = start(tmp_path, folder)
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == 0
    assert stderr.count("looking at pictures: 100 of") == 2 - half_done  # Of the file and PyTorch.


def test_data_that_does_not_exist_ends_with_a_sentence(evaluated, tmp_path):
    out, *_ = evaluated
    process = start(out, tmp_path / "nothing", *BOTH)
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "unknown data" in stderr
    assert stdout == ""


def test_pictures_of_other_classes_are_said_before_anything_is_converted(folder, tmp_path):
    (tmp_path / "pictures").mkdir()
    for label, picture in (("emu", "000.png"), ("class 8", "001.png")):
        (tmp_path / "pictures" / label).mkdir()
        shutil.copy(folder / "class 3" / picture, tmp_path / "pictures" / label)
    process = start(tmp_path / "out", tmp_path / "pictures")
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "the network has no 'emu' among its 10" in stderr
    assert "converting" not in stderr
    assert not list((tmp_path / "out").glob("*/manifest.json"))
