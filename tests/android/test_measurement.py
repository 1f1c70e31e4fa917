"""The app's benchmark screen writes what `irrvit-bench` reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.results import store, validity

ROOT = Path(__file__).parents[2]


@pytest.fixture
def written() -> Path:
    """What the screen wrote in Robolectric: see BenchmarkActivityTest.kt."""
    path = ROOT / "android_app/build/seen/measurement.json"
    if not path.exists():
        pytest.skip(f"{path} is not there: android_app/build.py test writes it")
    return path


def test_the_benchmark_reads_it_as_a_measurement(written):
    loaded = store.load(written)
    assert loaded.damaged == []
    (measurement,) = loaded.measurements
    assert (measurement.variant, measurement.target) == ("irrvit_60m", "tflite")
    assert measurement.golden.passed
    assert measurement.device.kind == "android"
    assert measurement.runtime_version.startswith("tensorflow-lite ")


def test_it_was_measured_by_the_protocol_of_the_benchmark(written):
    (measurement,) = store.load(written).measurements
    assert measurement.config == RunConfig(
        runtime="litert", threads=measurement.config.threads, settle_s=0
    )
    assert len(measurement.repeats) == measurement.config.repeats
    assert measurement.repeats_share_process
    for repeat in measurement.repeats:
        assert len(repeat.latencies_ms) >= measurement.config.iterations
        assert sum(repeat.latencies_ms) >= 1000 * measurement.config.seconds
        assert repeat.own_cpu_ms
    assert any(len(repeat.blocks_ms) > 1 for repeat in measurement.repeats)
    wrong = {"wrong-output", "unchecked-output", "fell-back", "too-few-samples"}
    codes = {issue.code for issue in validity.check(measurement)}
    assert codes & wrong == set()
    assert "one-process" in codes


def test_memory_is_that_of_its_first_repeat_or_not_known(written):
    """The process of a test may have had more before; then nobody can tell."""
    (measurement,) = store.load(written).measurements
    peak, idle = measurement.peak_memory_bytes, measurement.idle_memory_bytes
    assert (peak is None) == (idle is None)
    if peak is not None and idle is not None:
        assert peak > idle > 0
