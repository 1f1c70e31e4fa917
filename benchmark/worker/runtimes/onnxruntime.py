"""onnxruntime: `.onnx` files in its CPU provider."""

from __future__ import annotations

import json
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.runtime import BenchmarkTool, flat, read_file

PACKAGE = "onnxruntime"
EXTRA = "onnx"
SUFFIX = ".onnx"
BENCHMARK_TOOL = BenchmarkTool(
    "plain loop",
    lambda path, threads, calls, result: (
        *("irrvit.benchmark.worker.plain_loop", path),
        *(str(threads), str(calls), result),
    ),
    ("median_ms",),
)
_PROVIDERS = ["CPUExecutionProvider"]


class OnnxRuntime:
    """See `irrvit.benchmark.worker.runtime.LoadedFile`."""

    def __init__(self, content: bytes, threads: int):
        import onnxruntime

        self.version = f"onnxruntime {version('onnxruntime')}"
        session = onnxruntime.InferenceSession(content, _options(threads), _PROVIDERS)
        (image,) = session.get_inputs()
        self._dtype = np.uint8 if image.type == "tensor(uint8)" else np.float32
        self._outputs = [output.name for output in session.get_outputs()]
        self._feed: dict[str, np.ndarray] = {}
        self._name, feed, run = image.name, self._feed, session.run
        self.call = lambda: run(None, feed)

    def set(self, pixels: np.ndarray) -> None:
        self._feed[self._name] = pixels.astype(self._dtype)

    def logits(self) -> np.ndarray:
        values = dict(zip(self._outputs, map(np.asarray, self.call()), strict=True))
        return flat(values)

    def placement(self) -> dict[str, Any]:
        return {}


def _options(threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    return options


def load(path: str, threads: int) -> OnnxRuntime:
    """See `irrvit.benchmark.worker.runtime.Runtime`."""
    return OnnxRuntime(read_file(path, "onnxruntime")[0], threads)


def profile(path: str, threads: int, pixels: np.ndarray, calls: int) -> list[dict]:
    """See `irrvit.benchmark.worker.runtime.Profiling`: a trace of every kernel that it runs."""
    import onnxruntime

    content = read_file(path, "onnxruntime")[0]
    with tempfile.TemporaryDirectory(prefix="irrvit-bench-") as folder:
        options = _options(threads)
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / "trace")
        session = onnxruntime.InferenceSession(content, options, _PROVIDERS)
        feed = {session.get_inputs()[0].name: pixels}
        warmup = max(5, calls // 10)
        for _ in range(warmup + calls):
            session.run(None, feed)
        noted = json.loads(Path(session.end_profiling()).read_text())
    ends = [i for i, event in enumerate(noted) if event["name"] == "model_run"]
    kept = noted[ends[warmup - 1] + 1 :]
    return [{name: event[name] for name in ("cat", "name", "dur")} for event in kept]


def linear_file(size: int) -> bytes:
    """See `irrvit.benchmark.worker.runtime.RunsFiles`."""
    from onnx import TensorProto, helper, numpy_helper

    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [size, size])
        for name in ("image", "logits")
    ]
    layer = helper.make_node("MatMul", ["image", "weights"], ["logits"])
    constant = numpy_helper.from_array(linear.weights(size), "weights")
    graph = helper.make_graph([layer], "linear", ends[:1], ends[1:], [constant])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    return model.SerializeToString()
