"""A sweep goes on where it was interrupted, and says which networks fail and why."""

from __future__ import annotations

import importlib.util
import json
from argparse import Namespace
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).parents[1] / "scripts" / "sweep.py"
GOOD = {"coreml": "passed", "onnx": "passed", "tflite": "passed"}
BAD = GOOD | {"tflite": "the converter lacks it"}


@pytest.fixture(scope="module")
def sweep() -> ModuleType:
    spec = importlib.util.spec_from_file_location("sweep", PATH)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def row(name: str, formats: dict[str, str]) -> dict[str, object]:
    return {"network": name, "formats": formats, "seconds": 1.0}


def test_the_last_line_of_a_network_counts(sweep, tmp_path):
    path = tmp_path / "out.jsonl"
    assert sweep.read(path) == {}
    path.write_text("".join(json.dumps(row("a", formats)) + "\n" for formats in (BAD, GOOD)))
    assert sweep.read(path) == {"a": row("a", GOOD)}


def test_a_network_passes_in_every_format_or_not_at_all(sweep, capsys):
    sweep.report([row("a", GOOD), row("b", BAD), row("c", {"process": "died with exit code -9"})])
    assert capsys.readouterr().out.splitlines() == [
        "b tflite: the converter lacks it",
        "c process: died with exit code -9",
        "coreml: 2 of 3",
        "onnx: 2 of 3",
        "process: 0 of 3",
        "tflite: 1 of 3",
        "all formats: 1 of 3",
    ]


def test_a_network_of_which_nothing_is_known_has_not_passed(sweep, capsys):
    sweep.report([row("a", {})])
    assert capsys.readouterr().out == "all formats: 0 of 1\n"


def test_a_process_that_dies_is_the_outcome_and_no_end(sweep, tmp_path, monkeypatch):
    monkeypatch.setattr(sweep, "_work", lambda *given: __import__("os")._exit(3))
    found = sweep._apart("a", Namespace(out=tmp_path / "out.jsonl", precision="fp32"))
    assert found["formats"] == {"process": "died with exit code 3"}


@pytest.mark.needs("timm")
def test_a_sample_has_the_peers_and_is_the_same_every_time(sweep):
    names = sweep.sample(len(sweep.FIXED) + 2, seed=0)
    assert tuple(names[:-2]) == sweep.FIXED
    assert names == sweep.sample(len(sweep.FIXED) + 2, seed=0)
    assert names[-2:] != sweep.sample(len(sweep.FIXED) + 2, seed=1)[-2:]


@pytest.mark.needs("timm")
@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("mobilenetv3_small_050", True),
        ("vit_base_patch16_224", False),  # 87 million parameters.
        ("eva02_tiny_patch14_224", False),  # No classifier.
    ],
)
def test_a_small_classifier_is_one_below_30_million(sweep, name, is_one):
    assert sweep._is_small_classifier(name) is is_one


def test_a_network_that_does_not_exist_fails_in_a_sentence(sweep, tmp_path):
    found = dict(sweep.outcomes("timm:no_such_network", "fp32", tmp_path))
    assert set(found) == {"coreml", "onnx", "tflite"}
    assert all("has no network 'no_such_network'" in outcome for outcome in found.values())
