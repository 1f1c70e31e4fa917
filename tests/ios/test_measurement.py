"""The record that the app's benchmark page shares is one that `irrvit-bench` reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from irrvit.benchmark.measurement import Measurement
from irrvit.benchmark.results import store, validity

_ROOT = Path(__file__).parents[2]
_SEEN = _ROOT / "ios_app/build/seen/measurement.jsonl"


@pytest.fixture
def measured() -> Measurement:
    if not _SEEN.exists():
        pytest.skip("the Swift tests have not written it: scripts/parts/ios/test.sh runs them")
    return Measurement.model_validate_json(_SEEN.read_bytes())


def test_python_reads_it(measured):
    assert measured.device.kind == "iphone"
    assert measured.target == "coreml"
    assert measured.config.runtime == "coreml"
    assert len(measured.repeats) == measured.config.repeats == 2
    assert measured.golden.passed
    assert measured.placement.nodes_total == 104
    assert measured.during


def test_its_answers_are_believed_and_its_few_calls_are_not(measured):
    codes = {issue.code for issue in validity.check(measured) if issue.blocking}
    assert "wrong-output" not in codes
    assert "too-few-samples" in codes


def test_it_is_a_line_of_a_store(measured, tmp_path):
    path = tmp_path / "store.jsonl"
    path.write_bytes(_SEEN.read_bytes())
    assert store.load(path).measurements == [measured]
