"""An artifact is opened only when its file is the one that its manifest describes."""

import json

import numpy as np
import pytest

from irrvit.export import artifact
from irrvit.export.errors import BadArtifact


@pytest.fixture
def folder(put_artifact):
    return put_artifact(parity=())


@pytest.mark.parametrize("name", ["", "net.bin", "manifest.json"])
def test_folder_file_and_manifest_open_the_same_artifact(folder, name):
    opened = artifact.open(folder / name)
    assert opened.path == folder / "net.bin"
    assert opened.manifest.model == "net"


def test_a_changed_file_is_refused(folder):
    (folder / "net.bin").write_bytes(b"another")
    with pytest.raises(BadArtifact, match="is not the file that its manifest describes"):
        artifact.open(folder)


def test_a_missing_file_is_named(folder):
    (folder / "net.bin").unlink()
    with pytest.raises(BadArtifact, match=r"net\.bin is missing"):
        artifact.open(folder)


def test_a_file_beside_the_artifact_is_not_taken_for_it(folder):
    (folder / "other.bin").write_bytes(b"other")
    with pytest.raises(BadArtifact, match=r"other\.bin is not the file"):
        artifact.open(folder / "other.bin")


@pytest.mark.needs("onnxruntime", "onnx")
def test_what_its_runtime_cannot_open_is_to_be_exported_again(put_artifact):
    """Its hash is right: somebody wrote the manifest to match."""
    opened = artifact.open(put_artifact(parity=(), target="onnx"))
    with pytest.raises(BadArtifact, match=r"net\.bin.*; export again$"):
        opened.runner  # noqa: B018


def test_a_path_that_does_not_exist_is_said(tmp_path):
    with pytest.raises(BadArtifact, match="does not exist"):
        artifact.open(tmp_path / "nothing")


def test_a_folder_without_manifest_is_said(tmp_path):
    with pytest.raises(BadArtifact, match="no manifest"):
        artifact.open(tmp_path)


@pytest.mark.parametrize(
    ("change", "named"),
    [({"macs": "many"}, "macs"), ({"input": {"height": -1}}, "input"), ({"extra": 1}, "extra")],
)
def test_a_wrong_field_of_the_manifest_is_named(folder, change, named):
    manifest = json.loads((folder / "manifest.json").read_text()) | change
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BadArtifact, match=named):
        artifact.open(folder)


def test_a_truncated_manifest_is_said(folder):
    text = (folder / "manifest.json").read_text()
    (folder / "manifest.json").write_text(text[: len(text) // 2])
    with pytest.raises(BadArtifact, match="is not a manifest"):
        artifact.open(folder)


@pytest.mark.parametrize("shape", [(8, 8, 3), (1, 8, 9, 3), (1, 3, 8, 8), (0, 8, 8, 3)])
def test_pixels_that_do_not_fit_are_refused(folder, shape):
    with pytest.raises(BadArtifact, match=r"expected \(N, 8, 8, 3\)"):
        artifact.open(folder).run(np.zeros(shape, np.uint8))


def test_a_manifest_without_parity_has_not_passed(folder):
    assert not artifact.open(folder).manifest.passed
