"""The runtimes that the measured process can hold a file in; each imports its own package."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from irrvit.benchmark.worker import linear

# A path that stands for a large linear layer, the measure of what a device can do at best.
LINEAR = "linear:"


class Runtime(Protocol):
    """A loaded file; `call` is what is timed, and nothing else is."""

    version: str
    call: Callable[[], Any]

    def set(self, pixels: np.ndarray) -> None: ...
    def logits(self) -> np.ndarray: ...
    def placement(self) -> dict[str, Any]: ...


class LiteRT:
    """A `.tflite` file in LiteRT's interpreter, XNNPACK as the platform has it."""

    def __init__(self, path: str, threads: int):
        from ai_edge_litert.interpreter import Interpreter

        self.version = f"litert {version('ai-edge-litert')}"
        content = linear.tflite(_size(path)) if path.startswith(LINEAR) else _read(path)
        self.interpreter = Interpreter(model_content=content, num_threads=threads)
        self.interpreter.allocate_tensors()
        (self._input,) = self.interpreter.get_input_details()
        (self._output,) = self.interpreter.get_output_details()
        self.call = self.interpreter.invoke

    def set(self, pixels: np.ndarray) -> None:
        # A fully quantized file takes the pixels as bytes.
        self.interpreter.set_tensor(self._input["index"], pixels.astype(self._input["dtype"]))

    def logits(self) -> np.ndarray:
        self.call()
        values = self.interpreter.get_tensor(self._output["index"])
        scale, zero = self._output["quantization"]
        return scale * (values.astype(np.float64) - zero) if scale else values

    def placement(self) -> dict[str, Any]:
        """Walk from the output back to the input: what the delegate does not make is its own."""
        nodes = self.interpreter._get_ops_details()  # Public only in the name of its callers.
        delegates = [node for node in nodes if node["op_name"] == "DELEGATE"]
        maker = {int(t): node for node in nodes for t in node["outputs"]}  # Delegates come last.
        todo, seen, left = [self._output["index"]], set(), set()
        while todo:
            node = maker.get(int(todo.pop()))
            if node is None or node["index"] in seen:
                continue
            seen.add(node["index"])
            if node["op_name"] != "DELEGATE":
                left.add(node["index"])
            todo += [t for t in node["inputs"] if t >= 0]
        total = len(nodes) - len(delegates)
        return {
            "nodes_total": total,
            "nodes_delegated": total - len(left),
            "partitions": len(delegates),
        }


class OnnxRuntime:
    """An `.onnx` file in onnxruntime's CPU provider."""

    def __init__(self, path: str, threads: int):
        import onnxruntime

        self.version = f"onnxruntime {version('onnxruntime')}"
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        content = linear.onnx(_size(path)) if path.startswith(LINEAR) else _read(path)
        session = onnxruntime.InferenceSession(content, options, ["CPUExecutionProvider"])
        (image,) = session.get_inputs()
        self._dtype = np.uint8 if image.type == "tensor(uint8)" else np.float32
        self._feed: dict[str, np.ndarray] = {}
        self._name, feed, run = image.name, self._feed, session.run
        self.call = lambda: run(None, feed)

    def set(self, pixels: np.ndarray) -> None:
        self._feed[self._name] = pixels.astype(self._dtype)

    def logits(self) -> np.ndarray:
        return np.asarray(self.call()[0])

    def placement(self) -> dict[str, Any]:
        return {}


class Torch:
    """A network by its name, eager, as it was trained: not folded."""

    def __init__(self, path: str, threads: int):
        import torch

        self.version = f"torch {version('torch')}"
        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self._torch, self._pixels = torch, torch.zeros(1)
        if path.startswith(LINEAR):
            network, prepare = torch.nn.Linear(_size(path), _size(path), bias=False), _same
        else:
            network, prepare = _network(path)
        self.call = lambda: network(prepare(self._pixels))

    def set(self, pixels: np.ndarray) -> None:
        self._pixels = self._torch.from_numpy(pixels)

    def logits(self) -> np.ndarray:
        return self.call().numpy()

    def placement(self) -> dict[str, Any]:
        return {}


RUNTIMES: dict[str, Callable[[str, int], Runtime]] = {
    "litert": LiteRT,
    "onnxruntime": OnnxRuntime,
    "torch": Torch,
}
PACKAGES = {"litert": "ai_edge_litert.interpreter", "onnxruntime": "onnxruntime", "torch": "torch"}


def _network(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    import torch

    from irrvit.model import sources

    source = sources.load(name)
    mean, std = (torch.tensor(values) * 255 for values in (source.input.mean, source.input.std))
    return source.network, lambda pixels: ((pixels - mean) / std).permute(0, 3, 1, 2)


def _same(value: Any) -> Any:
    return value


def _size(path: str) -> int:
    return int(path.removeprefix(LINEAR))


def _read(path: str) -> bytes:
    # From memory, never mapped: a mapped file that is replaced in place kills the process.
    return Path(path).read_bytes()
