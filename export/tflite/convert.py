"""From a network to a `.tflite` file, by litert-torch."""

from __future__ import annotations

from pathlib import Path

import litert_torch
import torch
from torch import nn

from irrvit.export.converting import converting
from irrvit.export.pixels import ChannelsLast, image_tensor
from irrvit.export.precision import Precision
from irrvit.export.rewriting.program import rewritten
from irrvit.export.rewriting.rules import TFLITE
from irrvit.export.target import QuantizationOptions
from irrvit.export.tflite import graph
from irrvit.model.spec import InputSpec


def write(
    network: nn.Module,
    spec: InputSpec,
    precision: Precision,
    path: Path,
    quantization: QuantizationOptions | None = None,
) -> str:
    """See `irrvit.export.target.Target`.

    Half precision stores weights in 16 bits. An int8 file takes the same float32 pixels as the
    others: its first operation subtracts their mean and its norms and its attention stay in float,
    so 8-bit pixels would save apps nothing and give them a second contract.
    """
    content = convert(network, spec)
    if precision is Precision.INT8:
        from irrvit.export.tflite.quantize import Quantization  # Imported only for those who ask.

        assert quantization is not None
        content = Quantization(content, quantization.pictures).write(quantization.keep_float)
    if precision is Precision.FP16:
        content = _weights_to_float16(content)
    path.write_bytes(graph.tidied(content))
    return "LiteRT, TensorFlow Lite schema 3"


def convert(network: nn.Module, spec: InputSpec) -> bytes:
    """The float32 file as the converter leaves it; it takes its outputs' names from the keys."""
    pixels = torch.zeros(1, spec.height, spec.width, spec.channels)
    image = image_tensor(pixels.numpy()).contiguous()
    network = rewritten(network, image, TFLITE)
    with converting("litert-torch", network, image):
        model = litert_torch.convert(ChannelsLast(network).eval(), sample_kwargs={"image": pixels})
    return bytes(model.model_content())


def _weights_to_float16(content: bytes) -> bytes:
    from ai_edge_quantizer import qtyping, quantizer
    from ai_edge_quantizer.algorithm_manager import AlgorithmName

    casting = quantizer.Quantizer(content)
    casting.update_quantization_recipe(
        regex=".*",
        operation_name=qtyping.TFLOperationName.ALL_SUPPORTED,
        op_config=qtyping.OpQuantizationConfig(
            weight_tensor_config=qtyping.TensorQuantizationConfig(
                num_bits=16, dtype=qtyping.TensorDataType.FLOAT
            ),
            compute_precision=qtyping.ComputePrecision.FLOAT,
            explicit_dequantize=True,
        ),
        algorithm_key=AlgorithmName.FLOAT_CASTING,
    )
    half = casting.quantize().quantized_model
    assert half is not None
    return bytes(half)
