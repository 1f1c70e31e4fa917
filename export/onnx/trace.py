"""Every value that an `.onnx` file computes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx

from irrvit.export.onnx.runner import OnnxRunner


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Every node's outputs; the runtime's own fusions are off, so that each node is there."""
    model = onnx.load(path)
    known = {output.name for output in model.graph.output}
    names = [name for node in model.graph.node for name in node.output if name]
    model.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n not in known)
    session = OnnxRunner(model.SerializeToString(), optimize=False).session
    values = map(np.asarray, session.run(names, {"image": pixels}))
    yield from zip(names, values, strict=True)
