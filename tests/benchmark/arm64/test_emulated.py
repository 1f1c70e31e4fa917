"""The runtimes' ARM64 kernels really run in the tree."""

import os
import signal

import numpy as np
import pytest

from irrvit.benchmark.arm64 import tree as arm64_tree
from irrvit.benchmark.devices import arm64
from irrvit.benchmark.errors import CommandFailed, DeviceNotFound
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.worker import linear

pytestmark = pytest.mark.needs("ai_edge_litert", "onnxruntime", "onnx")
SIZE = 32


@pytest.fixture
def start(tree):
    processes = []

    def start(runtime, path=f"linear:{SIZE}"):
        processes.append(arm64.open(path, RunConfig(runtime=runtime)))
        return processes[-1]

    yield start
    for process in processes:
        process.close()


@pytest.mark.slow
@pytest.mark.parametrize("runtime", ["litert", "onnxruntime"])
def test_a_linear_layer_is_computed_by_arm64_kernels(start, runtime):
    process = start(runtime)
    process.set_input(np.eye(SIZE, dtype=np.float32))
    weights = linear.weights(SIZE)
    np.testing.assert_allclose(process.logits(), weights.ravel(), rtol=1e-5)
    assert process.peak_memory_bytes() is None


@pytest.mark.slow
def test_a_process_that_dies_in_the_emulator_is_said_with_its_signal(start):
    process = start("litert")
    os.kill(process.pid, signal.SIGSEGV)
    with pytest.raises(CommandFailed, match=r"its process died \(SIGSEGV\)"):
        process.logits()


@pytest.mark.slow
def test_a_file_that_is_none_is_said_in_the_words_of_its_runtime(start, tmp_path):
    (tmp_path / "broken.onnx").write_bytes(b"no model")
    with pytest.raises(CommandFailed, match=r"its runtime says: .*protobuf"):
        start("onnxruntime", str(tmp_path / "broken.onnx"))


@pytest.mark.parametrize("stamp", [None, "of other versions"])
def test_a_tree_that_is_half_built_or_of_other_versions_is_none(tmp_path, monkeypatch, stamp):
    monkeypatch.setenv(arm64_tree.VARIABLE, str(tmp_path))
    if stamp:
        (tmp_path / arm64_tree.STAMP).write_text(stamp)
    with pytest.raises(DeviceNotFound, match="irrvit-bench setup arm64"):
        arm64.describe()
