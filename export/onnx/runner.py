"""An `.onnx` file in onnxruntime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime

from irrvit.export.errors import BadArtifact
from irrvit.export.pixels import Outputs, one_by_one


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

        self._names = [output.name for output in self.session.get_outputs()]

    def run(self, pixels: np.ndarray) -> Outputs:
        return one_by_one(self._infer, pixels)

    def _infer(self, image: np.ndarray) -> Outputs:
        values = self.session.run(None, {"image": image})
        return dict(zip(self._names, map(np.asarray, values), strict=True))


def load(path: Path) -> OnnxRunner:
    """Open a file of ours: one input, `image`."""
    try:
        runner = OnnxRunner(path.read_bytes())
    except Exception as error:  # onnxruntime's exceptions share no base class
        raise BadArtifact(f"onnxruntime cannot open {path}: {error}") from error
    inputs = [given.name for given in runner.session.get_inputs()]
    if inputs != ["image"]:
        raise BadArtifact(f"{path}: the inputs are {inputs}, expected ['image']")
    return runner
