"""`irrvit-export --precision int8` as a user meets it: what blocks a file, and what it keeps."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import torch
from PIL import Image
from torch import nn

from irrvit.export.proof.labelled import tried_on
from irrvit.model import sources
from irrvit.model.data import fashion_mnist

pytestmark = [
    pytest.mark.slow,
    pytest.mark.needs("ai_edge_litert", "ai_edge_quantizer", "litert_torch", "onnxruntime"),
]
PICTURES = 500


def export(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "irrvit.export.cli", *map(str, arguments), "--precision", "int8"],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
        env=os.environ | {"COLUMNS": "200"},
    )
    assert "Traceback" not in done.stderr
    return done


class RunningSums(nn.Module):
    """Has an operation that XNNPACK lacks."""

    def __init__(self):
        super().__init__()
        self.stem, self.head = nn.Conv2d(3, 8, 4, 4), nn.Linear(8, 10)

    def forward(self, x):
        return self.head(self.stem(x).relu().flatten(2).cumsum(2).mean(2) / 32)


@pytest.fixture(scope="module")
def undelegated(tmp_path_factory):
    path = tmp_path_factory.mktemp("programs") / "sums.pt2"
    torch.manual_seed(0)
    torch.export.save(torch.export.export(RunningSums().eval(), (torch.zeros(1, 3, 32, 32),)), path)
    return path


def test_a_file_that_falls_out_of_xnnpack_is_not_published(undelegated, tmp_path):
    done = export("--model", undelegated, "--target", "tflite", "--out", tmp_path)
    assert done.returncode == 1
    assert "XNNPACK computes the file in 2 pieces and leaves out CUMSUM" in done.stdout
    assert not (tmp_path / "tflite-int8").exists()
    assert (tmp_path / "tflite-int8.rejected").exists()


def test_that_can_be_waived(undelegated, tmp_path):
    options = ("--target", "tflite", "--out", tmp_path, "--allow-undelegated", "--json")
    done = export("--model", undelegated, *options)
    assert done.returncode == 0
    (written,) = json.loads(done.stdout)["artifacts"]
    assert written["delegation"]["partitions"] == 2


@pytest.fixture(scope="module")
def clothes(tmp_path_factory):
    """The first test pictures of Fashion-MNIST, in a folder for each class."""
    if not fashion_mnist.ROOT.exists():
        pytest.skip("Debian's package dataset-fashion-mnist is missing")
    data = fashion_mnist.load()
    folder = tmp_path_factory.mktemp("clothes")
    labels = [label.replace("/", " or ") for label in data.labels]  # A folder's name has no "/".
    (folder / "labels.txt").write_text("\n".join(labels))
    spec = sources.load("irrvit_fashion").input
    (tests,) = tried_on(data)
    pixels, classes = tests.pixels(np.arange(PICTURES), spec), tests.classes
    for i, (picture, label) in enumerate(zip(pixels, classes, strict=False)):
        place = folder / labels[label]
        place.mkdir(exist_ok=True)
        Image.fromarray(picture).save(place / f"{i:04}.png")
    return folder


def test_the_shipped_network_keeps_its_accuracy(clothes, tmp_path):
    wanted = ("--evaluate", clothes, "--labels", clothes / "labels.txt", "--json")
    options = ("--target", "tflite", "--target", "onnx", "--out", tmp_path)
    done = export("--model", "irrvit_fashion", *options, *wanted)
    assert done.returncode == 0, done.stderr
    for written in json.loads(done.stdout)["artifacts"]:
        (accuracy,) = written["accuracy"]
        assert accuracy["pictures"] == PICTURES
        assert accuracy["reference_right"] > 0.9 * PICTURES
        assert accuracy["right"] >= accuracy["reference_right"] - 0.005 * PICTURES
        assert accuracy["same_decisions"] > 0.98 * PICTURES
