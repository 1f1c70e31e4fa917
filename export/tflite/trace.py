"""Every value that a `.tflite` file computes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from ai_edge_litert.interpreter import OpResolverType

from irrvit.export.tflite import graph
from irrvit.export.tflite.runner import TFLiteRunner


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Every operation's outputs; XNNPACK is off, since it fuses and hides them."""
    runner = TFLiteRunner(
        path.read_bytes(),
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    runner.run(pixels)
    details = runner.interpreter.get_tensor_details()
    model = graph.read(path.read_bytes()).subgraphs[0]
    for operator in model.operators:
        for index in operator.outputs:
            value = runner.interpreter.get_tensor(int(index)).copy()
            scale, zero = details[index]["quantization"]
            yield model.tensors[index].name.decode(), (value - zero) * scale if scale else value
