"""Labelled pictures through the written files: counted rightly, resumed, refused in sentences."""

import json
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


def start(out, data):
    command = [sys.executable, "-m", "irrvit.export.cli", "--model", "irrvit_tiny"]
    return subprocess.Popen(
        [*command, "--target", "onnx", "--out", str(out), "--evaluate", str(data), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.fixture(scope="module")
def evaluated(folder, tmp_path_factory):
    out = tmp_path_factory.mktemp("artifacts")
    process = start(out, folder)
    stdout, stderr = process.communicate(timeout=300)
    assert process.returncode == 0, stderr
    return out, json.loads(stdout)["artifacts"][0]


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
    out, row = evaluated
    (known,) = artifact.open(out / "onnx-fp32").manifest.accuracy
    decisions, classes = by_hand(folder)
    assert known.pictures == 2 * PICTURES
    assert known.reference_right == (decisions == classes).sum()
    assert known.same_decisions == known.pictures
    assert row["accuracy"] == [known.model_dump()]


def test_decisions_that_are_written_down_are_not_kept_twice(evaluated):
    out, _ = evaluated
    assert sorted(p.name for p in out.iterdir()) == [".lock", "onnx-fp32"]


def test_a_set_that_is_known_is_not_tried_again(evaluated, folder):
    out, _ = evaluated
    process = start(out, folder)
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
    out, _ = evaluated
    process = start(out, tmp_path / "nothing")
    stdout, stderr = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "unknown data" in stderr
    assert stdout == ""
