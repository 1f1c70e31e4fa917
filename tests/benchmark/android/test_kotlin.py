"""The app's own code on the phone: its Kotlin worker on a JVM, and its real APK."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.select import from_paths
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.run import rounds

ROOT = Path(__file__).parents[3]
SIZE = 64
pytestmark = pytest.mark.needs("adbutils", "onnx", "onnxruntime", "ai_edge_litert")


@pytest.fixture
def found(start_phone):
    jar, apk, java = ROOT / "android_app/build/worker.jar", ROOT / "artifacts/irrvit.apk", "java"
    for path in (jar, apk):
        if not path.exists():
            pytest.skip(f"{path} is not there: make test PARTS=android builds it")
    if shutil.which(java) is None:
        pytest.skip("java is not installed")
    phone = start_phone("--app", f"{shutil.which(java)} -jar {jar} --socket {{socket}}")
    yield kinds.find("pixel", {"apk": apk})
    installed = phone.folder / "root/data/app/org.irrvit.mobile/base.apk"
    assert installed.read_bytes() == apk.read_bytes()


@pytest.mark.parametrize("runtime", ["litert", "onnxruntime"])
def test_kotlin_computes_what_python_does(found, runtime):
    process = found.open(f"linear:{SIZE}", RunConfig(runtime=runtime))
    process.set_input(np.eye(SIZE, dtype=np.float32))
    timed = process.time(20, untimed=2)
    weights = np.random.default_rng(0).standard_normal((SIZE, SIZE), np.float32)
    np.testing.assert_allclose(process.logits(), weights.ravel(), rtol=1e-5)
    assert len(timed.latencies_ms) == 20
    assert 0 < sum(timed.latencies_ms) <= timed.wall_ms
    process.close()


@pytest.mark.slow
def test_a_file_is_measured_by_the_app_and_its_answers_are_those_of_its_manifest(
    found, artifact_folder
):
    config = RunConfig(
        runtime="onnxruntime", iterations=5, seconds=0.3, repeats=2, warmup_s=0, settle_s=0
    )
    subjects = from_paths([artifact_folder], found.RUNTIMES).subjects
    outcome = rounds.run(found, subjects, config, lambda name, stage: None)
    assert outcome.failures == {}
    (measurement,) = outcome.measurements
    assert (measurement.golden.cases, measurement.golden.failures) == (6, ())
    assert "onnxruntime" in measurement.runtime_version
    assert (measurement.peak_memory_bytes or 0) > 0
