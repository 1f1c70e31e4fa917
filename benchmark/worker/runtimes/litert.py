"""LiteRT: `.tflite` files in its interpreter, XNNPACK as the platform has it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import numpy as np

from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.runtime import BenchmarkTool, flat, read_file
from irrvit.export.tflite.delegates import DELEGATE, left_out

PACKAGE = "ai_edge_litert.interpreter"
EXTRA = "tflite"
SUFFIX = ".tflite"
BENCHMARK_TOOL = BenchmarkTool(
    "benchmark_litert_model",
    lambda path, threads, calls, result: (
        "ai_edge_litert.tools.benchmark_litert_model",
        f"--model={path}",
        f"--num_threads={threads}",
        f"--num_runs={calls}",
        f"--result_json={result}",
    ),
    ("latency", "median_ms"),
)


class LiteRT:
    """See `irrvit.benchmark.worker.runtime.LoadedFile`."""

    def __init__(self, content: bytes, threads: int):
        from ai_edge_litert.interpreter import Interpreter

        self.version = f"litert {version('ai-edge-litert')}"
        self.interpreter = Interpreter(model_content=content, num_threads=threads)
        self.interpreter.allocate_tensors()
        (self._input,) = self.interpreter.get_input_details()
        self._outputs = _by_name(self.interpreter)
        self.call = self.interpreter.invoke

    def set(self, pixels: np.ndarray) -> None:
        # A fully quantized file takes the pixels as bytes.
        self.interpreter.set_tensor(self._input["index"], pixels.astype(self._input["dtype"]))

    def logits(self) -> np.ndarray:
        self.call()
        return flat({name: self._numbers(output) for name, output in self._outputs.items()})

    def _numbers(self, output: dict[str, Any]) -> np.ndarray:
        values = self.interpreter.get_tensor(output["index"])
        scale, zero = output["quantization"]
        return scale * (values.astype(np.float64) - zero) if scale else values

    def placement(self) -> dict[str, Any]:
        nodes = self.interpreter._get_ops_details()  # Public only in the name of its callers.
        partitions = sum(node["op_name"] == DELEGATE for node in nodes)
        total = len(nodes) - partitions
        return {
            "nodes_total": total,
            "nodes_delegated": total
            - len(left_out(nodes, [int(output["index"]) for output in self._outputs.values()])),
            "partitions": partitions,
        }


def _by_name(interpreter: Any) -> dict[str, dict[str, Any]]:
    """What is known of the outputs, by the names that the file gives them, if it gives any."""
    if interpreter.get_signature_list():
        return interpreter.get_signature_runner().get_output_details()
    return {output["name"]: output for output in interpreter.get_output_details()}


def load(path: str, threads: int) -> LiteRT:
    """See `irrvit.benchmark.worker.runtime.Runtime`."""
    return LiteRT(read_file(path, "litert")[0], threads)


def profile(path: str, threads: int, pixels: np.ndarray, calls: int) -> list[dict]:
    """See `irrvit.benchmark.worker.runtime.Profiling`."""
    from irrvit.benchmark.worker import litert_profiler

    return litert_profiler.events(read_file(path, "litert")[0], threads, pixels, calls)


def linear_file(size: int) -> bytes:
    """See `irrvit.benchmark.worker.runtime.RunsFiles`."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    matrix = np.ascontiguousarray(linear.weights(size).T)  # Its rows are outputs.
    kind = schema.BuiltinOperator.FULLY_CONNECTED
    code = schema.OperatorCodeT(deprecatedBuiltinCode=kind, builtinCode=kind, version=1)
    layer = schema.OperatorT(
        inputs=[0, 1, -1],
        outputs=[2],
        builtinOptionsType=schema.BuiltinOptions.FullyConnectedOptions,
        builtinOptions=schema.FullyConnectedOptionsT(),
    )
    tensors = [
        schema.TensorT(shape=[size, size], type=schema.TensorType.FLOAT32, buffer=b, name=name)
        for name, b in (("image", 0), ("weights", 1), ("logits", 0))
    ]
    graph = schema.SubGraphT(tensors=tensors, inputs=[0], outputs=[2], operators=[layer])
    buffers = [schema.BufferT(), schema.BufferT(data=matrix.view(np.uint8).ravel())]
    model = schema.ModelT(version=3, operatorCodes=[code], subgraphs=[graph], buffers=buffers)
    builder = flatbuffers.Builder(matrix.nbytes + 4096)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())
