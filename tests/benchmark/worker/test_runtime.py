"""A runtime is a file, which is looked at without its package."""

import inspect
import subprocess
import sys

import numpy as np
import pytest

from irrvit.benchmark.worker import linear, runtime
from irrvit.benchmark.worker.runtime import (
    BenchmarkTool,
    Crosschecked,
    Profiling,
    RunsFiles,
    Runtime,
    flat,
    read_file,
)

NEEDS = {
    "litert": pytest.mark.needs("ai_edge_litert"),
    "onnxruntime": pytest.mark.needs("onnx", "onnxruntime"),
    "torch": pytest.mark.needs("torch"),
}
RUNTIMES = [pytest.param(name, marks=NEEDS.get(name, ())) for name in runtime.names()]
FILES = [p for p in RUNTIMES if isinstance(runtime.get(str(p.values[0])), RunsFiles)]


@pytest.mark.parametrize("name", runtime.names())
def test_every_runtime_has_the_names_of_one(name):
    module = runtime.get(name)
    assert module.PACKAGE
    assert module.EXTRA
    expected = list(inspect.signature(Runtime.load).parameters)[1:]
    assert list(inspect.signature(module.load).parameters) == expected
    if isinstance(module, Profiling):
        expected = list(inspect.signature(Profiling.profile).parameters)[1:]
        assert list(inspect.signature(module.profile).parameters) == expected
    if isinstance(module, Crosschecked):
        assert isinstance(module.BENCHMARK_TOOL, BenchmarkTool)


def test_all_are_looked_at_without_their_packages():
    code = """
import sys
from irrvit.benchmark.worker import runtime
[runtime.get(name) for name in runtime.names()]
sys.exit(str({"torch", "onnx", "onnxruntime", "ai_edge_litert", "pydantic"} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == "set()"


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_run_with_no_package_but_its_runtimes_and_numpy(name):
    """An emulated machine has no more of ours than the sources."""
    code = f"""
import sys
from irrvit.benchmark.worker import process
worker = process.Worker()
worker.load({name!r}, "linear:16", 1)
sys.exit(str({{"torch", "pydantic", "typer", "rich", "PIL"}} & sys.modules.keys()))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1] == "set()"


@pytest.mark.parametrize("name", FILES)
def test_the_linear_layer_is_the_same_in_every_format(name):
    loaded = runtime.get(name).load("linear:16", 1)
    loaded.set(np.eye(16, dtype=np.float32))
    np.testing.assert_allclose(loaded.logits().reshape(16, 16), linear.weights(16), rtol=1e-5)


@pytest.mark.parametrize("name", FILES)
def test_a_path_that_stands_for_a_linear_layer_is_read_as_a_file_of_its_format(name):
    module = runtime.get(name)
    assert isinstance(module, RunsFiles)
    assert read_file("linear:16", name) == (module.linear_file(16), module.SUFFIX)


def test_any_other_path_is_read_as_it_is(tmp_path):
    (tmp_path / "net.tflite").write_bytes(b"a network")
    assert read_file(str(tmp_path / "net.tflite"), "litert") == (b"a network", ".tflite")


def test_outputs_are_one_row_in_the_order_of_their_names():
    outputs = {"b": np.array([[3.0, 4.0]]), "a": np.array([[1], [2]]), "c": np.array(5.0)}
    assert flat(outputs).tolist() == [1, 2, 3, 4, 5]
