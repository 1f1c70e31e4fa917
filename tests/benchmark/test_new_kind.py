"""A kind of device is one file: `new_kind/played.py` is in a folder that nobody else knows."""

import json
from pathlib import Path

import numpy as np
import pytest

from irrvit.benchmark import devices, kinds
from irrvit.benchmark.cli import CommandLine
from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.results import store
from irrvit.export import artifact
from irrvit.export.proof import cases

pytestmark = pytest.mark.needs("onnx", "onnxruntime")


@pytest.fixture(autouse=True)
def _installed(monkeypatch):
    here = str(Path(__file__).with_name("new_kind"))
    monkeypatch.setattr(devices, "__path__", [*devices.__path__, here])


@pytest.fixture
def bench(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def bench(*words):
        with pytest.raises(SystemExit) as ended:
            CommandLine()([str(word) for word in words])
        return ended.value.code, *capsys.readouterr()

    return bench


def test_it_is_found_and_listed(bench):
    assert "played" in kinds.names()
    assert "played" in bench("list")[1]
    seen = json.loads(bench("devices", "--json")[1])["devices"]  # A table wraps what is long.
    assert "a played device" in [device["name"] for device in seen]


def test_its_option_is_in_the_help_with_its_name(bench, monkeypatch):
    monkeypatch.setenv("COLUMNS", "80")
    assert "--answers FILE           played: What it answers." in bench("--help")[1]


def test_its_option_is_refused_elsewhere_and_it_refuses_those_of_others(bench):
    code, _, errors = bench("--device", "host", "--answers", "x")
    assert code == 2
    assert "--device host does not take --answers (played)" in errors
    with pytest.raises(BadOptions, match=r"does not take --clean \(android, iphone\)"):
        kinds.find("played", {"clean": True})


def test_it_is_set_up(bench):
    code, out, errors = bench("setup", "played")
    assert (code, out) == (0, "the pencil is sharp\n")
    assert "sharpening" in errors


def test_another_accelerator_than_its_own_is_refused(bench):
    code, _, errors = bench("--device", "played", "--accelerator", "gpu")
    assert code == 2
    assert "--device played expects cpu or eraser" in errors


@pytest.mark.slow
def test_a_file_is_measured_on_it_by_the_whole_protocol(bench, artifact_folder, tmp_path):
    manifest = artifact.open(artifact_folder).manifest
    pictures = cases.golden_pictures(manifest.input)
    answers = {}
    for case in manifest.golden:
        logits = np.full(len(manifest.labels), min(case.logits) - 1)
        logits[list(case.top5)] = case.logits
        shown = int(pictures[case.picture][None].astype(np.float32).sum())
        answers[str(shown)] = logits.tolist()
    (tmp_path / "answers.json").write_text(json.dumps(answers))
    words = ("--device", "played", "--answers", "answers.json", "--repeats", 2)
    code, out, errors = bench(artifact_folder, *words, "--store", "kept.jsonl")
    assert code == 0, errors
    assert "valid" in out
    (measurement,) = store.load(tmp_path / "kept.jsonl").measurements
    assert measurement.device.kind == "played"
    assert measurement.golden.passed
    assert measurement.config.start_below_c == 30.0
    assert measurement.runtime_version == "pencil 1"
    assert measurement.peak_memory_bytes == 2000
