"""A real process in a real runtime, and what it says."""

import numpy as np
import pytest

from irrvit.benchmark.devices import host
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import RunConfig

RUNTIMES = [
    pytest.param("litert", marks=pytest.mark.needs("ai_edge_litert")),
    pytest.param("onnxruntime", marks=pytest.mark.needs("onnxruntime", "onnx")),
    pytest.param("coreai", marks=[pytest.mark.needs("coreai", "coreai_torch"), pytest.mark.slow]),
    pytest.param("executorch", marks=[pytest.mark.needs("executorch"), pytest.mark.slow]),
]
SIZE = 256


@pytest.fixture
def start():
    processes = []

    def start(runtime="litert", path=f"linear:{SIZE}", **config):
        processes.append(host.open(path, RunConfig(runtime=runtime, **config)))
        return processes[-1]

    yield start
    for process in processes:
        process.close()


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_linear_layer_is_computed_and_timed(start, runtime):
    process = start(runtime)
    pixels = np.eye(SIZE, dtype=np.float32)
    process.set_input(pixels)
    timed = process.time(20, untimed=2)
    weights = np.random.default_rng(0).standard_normal((SIZE, SIZE), np.float32)
    np.testing.assert_allclose(process.logits(), weights.ravel(), rtol=1e-5)
    assert len(timed.latencies_ms) == 20
    assert 0 < sum(timed.latencies_ms) <= timed.wall_ms
    assert runtime in process.load_info.runtime_version


@pytest.mark.needs("ai_edge_litert")
def test_litert_says_who_runs_its_operations(start):
    placement = start().load_info.placement
    assert (placement.nodes_total, placement.nodes_delegated, placement.partitions) == (1, 1, 1)


@pytest.mark.needs("ai_edge_litert")
def test_the_memory_of_a_process_grows_by_what_it_loads(start):
    process = start(path="linear:1024")
    process.set_input(np.zeros((1024, 1024)))
    process.time(1)
    assert process.peak_memory_bytes() > process.load_info.idle_memory_bytes + 4 * 1024**2


@pytest.mark.needs("ai_edge_litert")
def test_a_file_that_is_none_is_said_in_the_words_of_its_runtime(start, tmp_path):
    (tmp_path / "broken.tflite").write_bytes(b"no model")
    with pytest.raises(CommandFailed, match="its runtime says: ValueError"):
        start(path=str(tmp_path / "broken.tflite"))
