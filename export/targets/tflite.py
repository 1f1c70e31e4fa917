"""TFLite: one `.tflite` file, written by litert-torch and run by LiteRT with XNNPACK."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import litert_torch
import numpy as np
import torch
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from torch import nn

from irrvit.export.errors import BadArtifact, UnsupportedOp
from irrvit.export.pixels import ChannelsLast, one_by_one
from irrvit.export.target import Precision, Tolerance
from irrvit.model.spec import InputSpec

SUFFIX = ".tflite"
# Measured with this pipeline, folded file against unfolded network, the worst of nine cases, for
# IRRViT, EfficientNet-Lite0 with ImageNet weights and twelve timm networks with random weights
# (`tests/export/test_zoo.py` and MobileOne).
#
# float32: at most 2.7e-5 (FastViT), SQNR from 96 dB on; 1e-4 is the project's limit everywhere.
# float16 (weights only, the arithmetic is float32): MobileOne 3.0e-2, 31 dB, cosine 0.9996; FastViT
# 2.4e-2, 33 dB; the others at most 1.2e-2, 39 dB (EfficientNet-Lite0 9.9e-3, IRRViT 4.3e-3). The
# limits leave 1.6 times the worst.
TOLERANCES = {
    Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=80),
    Precision.FP16: Tolerance(max_rel=5e-2, min_cosine=0.998, min_sqnr_db=27, max_points_below=0.1),
}


class _NamedOutput(nn.Module):
    """The converter names a file's outputs after the keys of the dictionary that it gets."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = ChannelsLast(network)

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"logits": self.network(image)}


def write(network: nn.Module, spec: InputSpec, precision: Precision, path: Path) -> str:
    """See `irrvit.export.target.Target`; half precision stores weights in 16 bits."""
    pixels = torch.zeros(1, spec.height, spec.width, 3)
    try:
        model = litert_torch.convert(_NamedOutput(network).eval(), sample_kwargs={"image": pixels})
    except (NotImplementedError, RuntimeError, ValueError) as error:
        raise UnsupportedOp(f"TFLite: the converter cannot express the network: {error}") from error
    content = bytes(model.model_content())
    if precision is Precision.FP16:
        content = _weights_to_float16(content)
    path.write_bytes(content)
    return "LiteRT, TensorFlow Lite schema 3"


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


class TFLiteRunner:
    """A `.tflite` file in LiteRT's interpreter, one thread, XNNPACK as the platform has it."""

    name = "litert"

    def __init__(self, content: bytes, **interpreter_options: Any):
        # From memory, never mapped: a mapped file that is replaced in place kills the process.
        self.interpreter = Interpreter(model_content=content, num_threads=1, **interpreter_options)
        self.interpreter.allocate_tensors()
        self._infer = self.interpreter.get_signature_runner()

    def run(self, pixels: np.ndarray) -> np.ndarray:
        return one_by_one(lambda image: self._infer(image=image)["logits"].copy(), pixels)


def load(path: Path) -> TFLiteRunner:
    """Open a file of ours: input `image`, output `logits`."""
    try:
        runner = TFLiteRunner(path.read_bytes())
        signatures = runner.interpreter.get_signature_list()
    except (ValueError, RuntimeError) as error:
        raise BadArtifact(f"LiteRT cannot open {path}: {error}") from error
    names = next(iter(signatures.values()), None)
    if names != {"inputs": ["image"], "outputs": ["logits"]}:
        raise BadArtifact(f"{path}: expected the signature image -> logits, got {names}")
    return runner


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Every operation's outputs; XNNPACK is off, since it fuses and hides them."""
    runner = TFLiteRunner(
        path.read_bytes(),
        experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    )
    runner.run(pixels)
    graph = _graph(path)
    for operator in graph.operators:
        for index in operator.outputs:
            name = graph.tensors[index].name.decode()
            yield name, runner.interpreter.get_tensor(int(index)).copy()


def inspect(path: Path, pixels: np.ndarray) -> list[str]:
    """Nothing is known to go wrong with this format."""
    return []


def count_operations(path: Path) -> int:
    """Operators of the graph; a DEQUANTIZE of a weight is none, it is undone at load."""
    return sum(kind != "DEQUANTIZE" for kind, _ in _operators(_model(path)))


def count_macs(path: Path) -> int:
    """Convolutions, fully connected layers and batched matrix products, from the file's shapes."""
    model = _model(path)
    return sum(_operator_macs(kind, shapes) for kind, shapes in _operators(model))


def _model(path: Path) -> Any:
    return schema.ModelT.InitFromPackedBuf(path.read_bytes(), 0)


def _graph(path: Path) -> Any:
    return _model(path).subgraphs[0]


_KINDS = {
    value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)
}

Shapes = tuple[list[list[int]], list[int]]


def _operators(model: Any) -> Iterator[tuple[str, Shapes]]:
    """Each operator's kind, and the shapes of its inputs and of its first output."""
    graph = model.subgraphs[0]
    for operator in graph.operators:
        code = model.operatorCodes[operator.opcodeIndex]
        kind = _KINDS[max(code.builtinCode, code.deprecatedBuiltinCode)]
        inputs = [_shape(graph.tensors[i]) for i in operator.inputs if i >= 0]
        yield kind, (inputs, _shape(graph.tensors[operator.outputs[0]]))


def _shape(tensor: Any) -> list[int]:
    return [] if tensor.shape is None else [int(size) for size in tensor.shape]


def _operator_macs(kind: str, shapes: Shapes) -> int:
    inputs, output = shapes
    if kind == "CONV_2D":  # weights (out, h, w, in / groups)
        return math.prod(output) * math.prod(inputs[1][1:])
    if kind == "DEPTHWISE_CONV_2D":  # weights (1, h, w, out)
        return math.prod(output) * math.prod(inputs[1][1:3])
    if kind == "TRANSPOSE_CONV":  # inputs: output shape, weights (out, h, w, in), picture
        return math.prod(inputs[2]) * math.prod(inputs[1][:3])
    if kind == "FULLY_CONNECTED":  # weights (out, in)
        return math.prod(output) * inputs[1][-1]
    if kind == "BATCH_MATMUL":
        # Either side may be transposed: |A| |B| / |C| is the reduced length squared, batches aside.
        batch = math.prod(output[:-2])
        left, right = math.prod(inputs[0][-2:]), math.prod(inputs[1][-2:])
        return batch * math.isqrt(left * right * math.prod(output[-2:]))
    return 0
