"""Biases that 32 bits cannot hold, in a quantized `.tflite` model.

A bias is stored in steps of the input's step times the weights'. Where a folded BatchNorm left a
channel whose weights are next to nothing, its bias needs more than 2**31 of them, and is cut off by
ai-edge-quantizer 0.10: such a channel of EfficientNet-Lite0 said -0.02 where it should say -7. Its
weights get larger steps here. Remove when the quantizer does so itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from irrvit.export.tflite import graph

_MOST = 2**30  # Half of what 32 bits hold: the products are added to it.


def restore_saturated(quantized: Any, original: Any) -> None:
    """Store the biases of `quantized`, a model, as they are in `original`, the float32 one.

    Tensors are called t0, t1, ... after their place in the original.
    """
    tensors = quantized.subgraphs[0].tensors
    for operator in quantized.subgraphs[0].operators:
        if len(operator.inputs) < 3 or operator.inputs[2] < 0:
            continue
        image, weights, bias = (tensors[i] for i in operator.inputs[:3])
        if graph.is_quantized_constant(quantized, bias) and image.quantization is not None:
            _restore(quantized, (image, weights, bias), original)


def _restore(quantized: Any, layer: tuple[Any, Any, Any], original: Any) -> None:
    image, weights, bias = layer
    wanted = graph.floats(original, graph.numbered(bias.name)).ravel()
    step = np.float64(image.quantization.scale[0])
    needed = np.abs(wanted.astype(np.float64)) / (_MOST * step)
    steps = np.asarray(weights.quantization.scale, np.float64)
    if not (needed > steps).any():
        return
    steps = np.maximum(steps, needed if steps.size > 1 else needed.max())
    numbers = graph.floats(original, graph.numbered(weights.name)).astype(np.float64)
    shape = [1] * numbers.ndim
    if steps.size > 1:
        shape[weights.quantization.quantizedDimension] = -1
    stored = np.rint(numbers / steps.reshape(shape)).clip(-127, 127).astype(np.int8)
    graph.put(quantized, weights, stored)
    weights.quantization.scale = steps.astype(np.float32)
    steps = steps.astype(np.float32).astype(np.float64) * step
    graph.put(quantized, bias, np.rint(wanted / steps).astype(np.int32))
    bias.quantization.scale = steps.astype(np.float32)
