"""What is to be measured is found, and what cannot be is said."""

import json
from pathlib import Path

import pytest

from irrvit.benchmark.acts import select
from irrvit.benchmark.errors import BadOptions
from irrvit.export.content import content_hash
from irrvit.export.manifest import Manifest
from irrvit.export.proof import cases

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",), "torch": ("torch",)}
SHA = "ab" * 32


PARITY = {
    "artifact_sha256": SHA,
    "reference": "torch",
    "runner": "a runner",
    "tolerance": {"max_rel": 1e-4, "min_cosine": 0.9, "min_sqnr_db": 80},
    "expected_cases": (),
    "diffs": (),
    "host": "a host",
}


def manifest(target, sha256):
    """The facts of an artifact whose golden pictures are ours."""
    golden = [
        {"picture": p.name, "picture_sha256": SHA, "top5": (1, 0), "logits": (2.0, 1.0)}
        for p in cases.pictures()
    ]
    return {
        "model": "irrvit_tiny",
        "weights": "random (seed 0)",
        "target": target,
        "precision": "fp32",
        "file": "net",
        "sha256": sha256,
        "size_bytes": 6,
        "macs": 7,
        "parameters": 5,
        "input": {"height": 8, "width": 8},
        "labels": ("a", "b"),
        "fold": {"folded": {}, "max_rel": 0.0},
        "operations": {"before": 1, "after": 1},
        "compatibility": "",
        "toolchain": {},
        "parity": (PARITY,),
        "findings": (),
        "explanation": None,
        "golden": golden,
        "cache_key": "",
        "created_utc": "2026-01-01T00:00:00+00:00",
    }


@pytest.fixture
def write(tmp_path):
    """A function that writes an artifact of a target, with other facts if they are given."""

    def write(target="onnx", **changes):
        folder = tmp_path / target
        folder.mkdir()
        (folder / "net").write_bytes(b"a file")
        facts = manifest(target, content_hash(folder / "net")) | changes
        (folder / "manifest.json").write_text(Manifest.model_validate(facts).model_dump_json())
        return folder

    return write


def from_paths(*paths: Path, asked: tuple[str, ...] = ()):
    return select.from_paths(paths, RUNTIMES, asked=asked)


def test_a_file_is_run_by_the_runtime_of_its_format(write):
    found = from_paths(write("onnx"), write("tflite"))
    assert found.problems == {}
    assert [s.runtime for s in found.subjects] == ["onnxruntime", "litert"]
    assert {(s.name, s.macs, s.size_bytes) for s in found.subjects} == {("irrvit_tiny", 7, 6)}
    assert found.subjects[0].pixels.shape == (1, 8, 8, 3)


def test_a_damaged_file_is_said_and_the_others_are_found(write):
    broken, good = write("onnx"), write("tflite")
    (broken / "net").write_bytes(b"another file")
    found = from_paths(broken, good)
    assert [s.target for s in found.subjects] == ["tflite"]
    assert "is not the file that its manifest describes" in found.problems[str(broken)]


def test_a_format_that_the_device_cannot_run_is_said(write):
    (problem,) = from_paths(write("coreml")).problems.values()
    assert "in the format coreml, which this device cannot run: it runs" in problem


def test_a_runtime_of_another_format_is_refused(write):
    (problem,) = from_paths(write("onnx"), asked=("litert",)).problems.values()
    assert "which litert cannot run: leave --runtime out for" in problem


def test_a_file_is_run_by_each_runtime_that_can_and_one_without_a_file_is_said(write):
    asked = ("torch", "litert", "onnxruntime")
    found = from_paths(write("onnx"), asked=asked)
    assert [s.runtime for s in found.subjects] == ["torch", "onnxruntime"]
    assert found.problems == {"--runtime litert": "it runs none of these files: leave it out"}


def test_pytorch_runs_the_network_that_a_file_was_made_from(write):
    (subject,) = from_paths(write("onnx"), asked=("torch",)).subjects
    assert (subject.target, subject.path, subject.size_bytes) == ("torch", "irrvit_tiny", 20)
    assert subject.sha256 not in (SHA, content_hash(Path(__file__)))


def test_a_manifest_without_golden_cases_is_refused(write):
    (problem,) = from_paths(write(golden=())).problems.values()
    assert "golden pictures are not here" in problem


def test_a_golden_picture_that_is_not_here_is_named(write):
    folder = write()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["golden"][0]["picture"] = "gone.jpg"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (problem,) = from_paths(folder).problems.values()
    assert "gone.jpg" in problem


def test_an_unknown_runtime_is_answered_with_those_there_are():
    with pytest.raises(BadOptions, match="no runtime 'ncnn', it has litert, onnxruntime, torch: "):
        select.from_models(["irrvit_tiny"], RUNTIMES, asked=("ncnn",), notify=lambda *_: None)


def test_an_unknown_network_is_said_and_stops_no_other():
    found = select.from_models(["irvit"], RUNTIMES, asked=("litert",), notify=lambda *_: None)
    assert "unknown model 'irvit'" in found.problems["irvit"]
