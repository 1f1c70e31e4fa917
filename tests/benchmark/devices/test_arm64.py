"""Whole runs on the emulated machine: golden cases, decisions on labelled pictures, no latency."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from irrvit.benchmark.results import store

pytestmark = pytest.mark.needs("ai_edge_litert", "onnxruntime", "onnx")
SIZE = 32


def bench(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "irrvit.benchmark.cli", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        env={**os.environ, "COLUMNS": "80", **environment},
    )


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """`irrvit_fashion` as TFLite and ONNX."""
    out = tmp_path_factory.mktemp("fashion")
    command = ["-m", "irrvit.export.cli", "--model", "irrvit_fashion", "--out", out]
    command += ["--target", "tflite", "--target", "onnx"]
    subprocess.run(
        [sys.executable, *map(str, command)], check=True, capture_output=True, timeout=600
    )
    return out / "tflite-fp32", out / "onnx-fp32"


@pytest.mark.slow
def test_golden_cases_agree_and_no_latency_is_shown(tree, exported, tmp_path):
    done = bench("--device", "arm64", *exported, "--store", tmp_path / "store", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["measurements"]
    assert [row["measurement"]["target"] for row in rows] == ["tflite", "onnx"]
    for row in rows:
        measured = row["measurement"]
        assert (measured["device"]["abi"], measured["device"]["emulated"]) == ("aarch64", True)
        assert (measured["golden"]["cases"], measured["golden"]["failures"]) == (6, [])
        assert measured["host_parity"]["same_decisions"] == 6
        assert measured["host_parity"]["max_rel"] < 1e-5
        assert measured["repeats"] == []
        assert not {"summary", "gmacs"} & set(row)


@pytest.mark.slow
def test_a_wrong_answer_is_shown_as_wrong(tree, exported, tmp_path):
    wrong = shutil.copytree(exported[1], tmp_path / "wrong")
    manifest = json.loads((wrong / "manifest.json").read_text())
    manifest["golden"][0]["top5"] = manifest["golden"][0]["top5"][::-1]
    (wrong / "manifest.json").write_text(json.dumps(manifest))
    done = bench("--device", "arm64", wrong, "--store", tmp_path / "store")
    assert done.returncode == 1, done.stderr
    assert "5 of 6" in done.stdout
    assert "WRONG" in done.stdout
    assert " ms" not in done.stdout


@pytest.mark.slow
def test_decisions_on_labelled_pictures_are_those_of_this_machine_and_of_pytorch(tree, exported):
    done = bench(
        *("--device", "arm64", "--decisions", "fashion-mnist", "--limit", 40, "--json"), exported[1]
    )
    assert done.returncode == 0, done.stderr
    (row,) = json.loads(done.stdout)["decisions"]
    assert row["device"]["abi"] == "aarch64"
    assert row["host_parity"]["max_rel"] < 1e-5
    assert row["host_parity"]["same_decisions"] == row["host_parity"]["pictures"] == 40
    assert row["accuracy"]["same_decisions"] == row["accuracy"]["pictures"] == 40
    assert row["accuracy"]["right"] > 30


@pytest.mark.slow
def test_a_latency_gate_is_refused(tree, measurement, tmp_path):
    baseline = tmp_path / "baseline.jsonl"
    store.append(baseline, measurement)
    done = bench("--device", "arm64", "--compare", baseline)
    assert done.returncode == 2
    assert "arm64 is emulated" in done.stderr
