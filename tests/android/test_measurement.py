"""The app's benchmark screen writes what `irrvit-bench` reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from irrvit.benchmark.results import store

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
    assert (measurement.variant, measurement.target) == ("irrvit_fashion", "tflite")
    assert measurement.golden.passed
    assert measurement.device.kind == "android"
    assert measurement.runtime_version.startswith("tensorflow-lite ")
    assert (measurement.peak_memory_bytes or 0) > (measurement.idle_memory_bytes or 0) > 0
    assert len(measurement.latencies_ms) >= measurement.config.iterations
