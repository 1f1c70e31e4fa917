"""An `.onnx` file in onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from irrvit.export.errors import BadArtifact
from irrvit.export.pixels import one_by_one


class OnnxRunner:
    """An `.onnx` file in onnxruntime on the CPU."""

    name = "onnxruntime"

    def __init__(self, model: bytes, *, optimize: bool = True):
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        if not optimize:
            level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
            options.graph_optimization_level = level
        self.session = onnxruntime.InferenceSession(
            model, options, providers=["CPUExecutionProvider"]
        )

    def run(self, pixels: np.ndarray) -> np.ndarray:
        return one_by_one(self._infer, pixels)

    def _infer(self, image: np.ndarray) -> np.ndarray:
        return np.asarray(self.session.run(["logits"], {"image": image})[0])


def load(path: Path) -> OnnxRunner:
    """Open a file of ours: input `image`, output `logits`."""
    try:
        runner = OnnxRunner(path.read_bytes())
    except Exception as error:  # onnxruntime's exceptions share no base class
        raise BadArtifact(f"onnxruntime cannot open {path}: {error}") from error
    outputs = [output.name for output in runner.session.get_outputs()]
    if outputs != ["logits"]:
        raise BadArtifact(f"{path}: the outputs are {outputs}, expected ['logits']")
    return runner
