"""A `.tflite` file in LiteRT's interpreter."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from irrvit.export.errors import BadArtifact
from irrvit.export.pixels import Outputs, one_by_one


class TFLiteRunner:
    """A `.tflite` file in LiteRT's interpreter, one thread, XNNPACK as the platform has it."""

    name = "litert"

    def __init__(self, content: bytes, **interpreter_options: Any):
        # From memory, never mapped: a mapped file that is replaced in place kills the process.
        self.interpreter = Interpreter(model_content=content, num_threads=1, **interpreter_options)
        self.interpreter.allocate_tensors()
        self._infer = self.interpreter.get_signature_runner()

    def run(self, pixels: np.ndarray) -> Outputs:
        return one_by_one(self._copied, pixels)

    def _copied(self, image: np.ndarray) -> Outputs:
        return {name: value.copy() for name, value in self._infer(image=image).items()}


# What litert-torch writes and LiteRT does not run, in its runtime's own words.
_LACKING = re.compile(r"Didn't find op for builtin opcode '(\w+)'|\((STABLEHLO_\w+)\) failed")


def load(path: Path) -> TFLiteRunner:
    """Open a file of ours: one input, `image`."""
    try:
        runner = TFLiteRunner(path.read_bytes())
        signatures = runner.interpreter.get_signature_list()
    except (ValueError, RuntimeError) as error:
        raise BadArtifact(_refusal(path, str(error))) from error
    names = next(iter(signatures.values()), {"inputs": []})
    if names["inputs"] != ["image"]:
        raise BadArtifact(f"{path}: expected a signature of the input image, got {names}")
    return runner


def _refusal(path: Path, said: str) -> str:
    lacking = _LACKING.search(said)
    if lacking is None:
        return f"LiteRT cannot open {path}: {said}"
    return (
        f"{path.name} holds the operation {lacking[1] or lacking[2]}, which LiteRT does not run: "
        "put others in its place in the network, or leave this format out"
    )
