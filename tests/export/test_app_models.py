"""What the apps are built with."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from irrvit.export import app_models, artifact
from irrvit.export.artifact import Artifact
from irrvit.export.errors import BadArtifact, ExportError
from irrvit.export.facts import Platform
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
    app_models.write(Platform.WEB, [opened("zebra"), opened("ape", "onnx")], tmp_path / "models")
    index = json.loads((tmp_path / "models/models.json").read_text())
    assert index == {"models": ["zebra-tflite-fp32", "ape-onnx-fp32"]}
    assert (tmp_path / "models/ape-onnx-fp32/ape.bin").read_bytes() == b"weights"
    assert (tmp_path / "models/zebra-tflite-fp32/manifest.json").exists()


@pytest.mark.parametrize(
    ("platform", "suffix"),
    [(Platform.WEB, "webp"), (Platform.ANDROID, "png"), (Platform.IOS, "png")],
)
def test_photographs_lose_nothing(opened, tmp_path, platform, suffix):
    app_models.write(platform, [opened()], tmp_path / "models")
    for path in cases.pictures():
        with (
            Image.open(path) as ours,
            Image.open(tmp_path / f"models/pictures/{path.stem}.{suffix}") as theirs,
        ):
            assert np.array_equal(np.asarray(ours), np.asarray(theirs))


def test_files_of_an_earlier_build_go(opened, tmp_path):
    app_models.write(Platform.WEB, [opened("old")], tmp_path / "models")
    app_models.write(Platform.WEB, [opened("new")], tmp_path / "models")
    assert not (tmp_path / "models/old-tflite-fp32").exists()


@pytest.mark.parametrize(("models", "why"), [([], "got none"), (["a", "a"], "got a-tfl")])
def test_none_or_the_same_twice_is_refused(opened, tmp_path, models, why):
    with pytest.raises(BadArtifact, match=why):
        app_models.write(Platform.WEB, [opened(model) for model in models], tmp_path / "models")


def test_what_no_browser_runs_is_refused_and_nothing_lost(opened, tmp_path):
    app_models.write(Platform.WEB, [opened("kept")], tmp_path / "models")
    with pytest.raises(BadArtifact, match="does not run on web: expected one of onnx, tflite"):
        app_models.write(Platform.WEB, [opened("phone", "coreml")], tmp_path / "models")
    assert (tmp_path / "models/kept-tflite-fp32/kept.bin").exists()


def test_a_format_that_is_a_folder_is_copied_whole(opened, tmp_path):
    made = opened("phone", "coreml")
    made.path.unlink()
    (made.path / "Data").mkdir(parents=True)
    (made.path / "Data" / "weights").write_bytes(b"weights")
    app_models.write(Platform.IOS, [made], tmp_path / "models")
    copied = tmp_path / "models/phone-coreml-fp32/phone.bin/Data/weights"
    assert copied.read_bytes() == b"weights"


def run(*arguments):
    command = [sys.executable, "-m", "irrvit.export.app_models", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("more", "why"), [(["absent"], "absent does not exist"), ([], "give either artifacts or")]
)
def test_command_says_in_one_sentence_what_is_wrong(tmp_path, more, why):
    done = run("web", tmp_path / "models", *(tmp_path / name for name in more))
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")
    assert why in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_demo_network_that_cannot_be_exported_is_named(tmp_path):
    (tmp_path / "artifacts").write_text("a file where a folder should be")
    with pytest.raises(ExportError, match=r"efficientnet_lite0 cannot be put|cannot write to"):
        app_models.exported("tflite", tmp_path / "artifacts")
