"""What the web app is built with."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from irrvit.export import artifact, web_models
from irrvit.export.artifact import Artifact
from irrvit.export.errors import BadArtifact
from irrvit.export.proof import cases


@pytest.fixture
def opened(tmp_path):
    """An artifact as the app needs it: a file and its manifest, whatever is in the file."""

    def make(model="tiny", target="tflite"):
        folder = tmp_path / f"{model}-{target}"
        folder.mkdir(exist_ok=True)
        (folder / "manifest.json").write_text("{}")
        (folder / f"{model}.bin").write_bytes(b"weights")
        manifest = artifact.Manifest.model_construct(model=model, target=target, precision="fp32")
        return Artifact(folder / f"{model}.bin", manifest)

    return make


def test_files_and_manifests_are_copied_in_the_order_given(opened, tmp_path):
    web_models.write([opened("zebra"), opened("ape", "onnx")], tmp_path / "models")
    index = json.loads((tmp_path / "models/models.json").read_text())
    assert index == {"models": ["zebra-tflite-fp32", "ape-onnx-fp32"]}
    assert (tmp_path / "models/ape-onnx-fp32/ape.bin").read_bytes() == b"weights"
    assert (tmp_path / "models/zebra-tflite-fp32/manifest.json").exists()


def test_photographs_lose_nothing(opened, tmp_path):
    web_models.write([opened()], tmp_path / "models")
    for path in cases.pictures():
        with (
            Image.open(path) as ours,
            Image.open(tmp_path / f"models/pictures/{path.stem}.webp") as theirs,
        ):
            assert np.array_equal(np.asarray(ours), np.asarray(theirs))


def test_files_of_an_earlier_build_go(opened, tmp_path):
    web_models.write([opened("old")], tmp_path / "models")
    web_models.write([opened("new")], tmp_path / "models")
    assert not (tmp_path / "models/old-tflite-fp32").exists()


@pytest.mark.parametrize(("models", "said"), [([], "got none"), (["a", "a"], "got a-tfl")])
def test_none_or_the_same_twice_is_refused(opened, tmp_path, models, said):
    with pytest.raises(BadArtifact, match=said):
        web_models.write([opened(model) for model in models], tmp_path / "models")


def test_what_no_browser_runs_is_refused_and_nothing_lost(opened, tmp_path):
    web_models.write([opened("kept")], tmp_path / "models")
    with pytest.raises(BadArtifact, match="no browser runs"):
        web_models.write([opened("phone", "coreml")], tmp_path / "models")
    assert (tmp_path / "models/kept-tflite-fp32/kept.bin").exists()


def test_command_says_in_one_sentence_what_is_wrong(tmp_path):
    command = [sys.executable, "-m", "irrvit.export.web_models", str(tmp_path / "absent")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1
