"""TFLite: one `.tflite` file, written by litert-torch and run by LiteRT with XNNPACK."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import litert_torch
import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from torch import nn

from irrvit.export.errors import BadArtifact, UnsupportedOp
from irrvit.export.manifest import Delegation, ModuleLoss
from irrvit.export.pixels import ChannelsLast, one_by_one
from irrvit.export.precision import Precision, Tolerance
from irrvit.export.target import QuantizationOptions
from irrvit.export.tflite import graph, placement
from irrvit.model.spec import InputSpec

if TYPE_CHECKING:
    from irrvit.export.tflite.quantize import Quantization

SUFFIX = ".tflite"
# Measured with this pipeline, folded file against unfolded network, the worst of nine cases, for
# IRRViT, EfficientNet-Lite0 with ImageNet weights and twelve timm networks with random weights
# (`tests/export/test_zoo.py` and MobileOne).
#
# float32: at most 2.7e-5 (FastViT), SQNR from 96 dB on; 1e-4 is the project's limit everywhere.
# float16 (weights only, the arithmetic is float32): MobileOne 3.0e-2, 31 dB, cosine 0.9996; FastViT
# 2.4e-2, 33 dB; the others at most 1.2e-2, 39 dB (EfficientNet-Lite0 9.9e-3, IRRViT 4.3e-3). The
# limits leave 1.6 times the worst.
#
# int8, on the photographs alone, which its ranges are for: EfficientNet-Lite0 0.131, 15 dB, cosine
# 0.984; irrvit_fashion 0.130, 19 dB; irrvit_300m 0.080, 22 dB; irrvit_tiny 0.073. The limits leave
# 1.6 times the worst. The 0.5 points are the project's bar; irrvit_fashion loses 0.07.
TOLERANCES = {
    Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=80),
    Precision.FP16: Tolerance(max_rel=5e-2, min_cosine=0.998, min_sqnr_db=27, max_points_below=0.1),
    Precision.INT8: Tolerance(
        max_rel=0.22, min_cosine=0.96, min_sqnr_db=10.5, max_points_below=0.5
    ),
}


class _NamedOutput(nn.Module):
    """The converter names a file's outputs after the keys of the dictionary that it gets."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = ChannelsLast(network)

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"logits": self.network(image)}


def write(
    network: nn.Module,
    spec: InputSpec,
    precision: Precision,
    path: Path,
    quantizing: QuantizationOptions | None = None,
) -> str:
    """See `irrvit.export.target.Target`.

    Half precision stores weights in 16 bits. An int8 file takes the same float32 pixels as the
    others: its first operation subtracts their mean and its norms and its attention stay in float,
    so 8-bit pixels would save apps nothing and give them a second contract.
    """
    content = _convert(network, spec)
    if precision is Precision.INT8:
        assert quantizing is not None
        content = _quantization(content, quantizing).write(quantizing.keep_float)
    if precision is Precision.FP16:
        content = _weights_to_float16(content)
    path.write_bytes(graph.tidied(content))
    return "LiteRT, TensorFlow Lite schema 3"


def _convert(network: nn.Module, spec: InputSpec) -> bytes:
    pixels = torch.zeros(1, spec.height, spec.width, 3)
    try:
        model = litert_torch.convert(_NamedOutput(network).eval(), sample_kwargs={"image": pixels})
    except (NotImplementedError, RuntimeError, ValueError) as error:
        raise UnsupportedOp(f"TFLite: the converter cannot express the network: {error}") from error
    return bytes(model.model_content())


def _quantization(content: bytes, quantizing: QuantizationOptions) -> Quantization:
    from irrvit.export.tflite.quantize import Quantization  # Its package is not on every platform.

    return Quantization(content, quantizing.pictures)


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
    details = runner.interpreter.get_tensor_details()
    model = graph.read(path.read_bytes()).subgraphs[0]
    for operator in model.operators:
        for index in operator.outputs:
            value = runner.interpreter.get_tensor(int(index)).copy()
            scale, zero = details[index]["quantization"]
            yield model.tensors[index].name.decode(), (value - zero) * scale if scale else value


def losses(
    network: nn.Module, spec: InputSpec, quantizing: QuantizationOptions
) -> tuple[ModuleLoss, ...]:
    """Quantize each module alone, and run what comes of it."""
    from irrvit.export.tflite import sensitivity

    return sensitivity.losses(
        _quantization(_convert(network, spec), quantizing), quantizing.pictures
    )


def inspect(path: Path, pixels: np.ndarray) -> list[str]:
    """Nothing is known to go wrong with this format."""
    return []


def delegation(path: Path) -> Delegation:
    """What XNNPACK takes, which computes these files on every phone's CPU."""
    return placement.delegation(path.read_bytes())


def count_operations(path: Path) -> int:
    """Operators of the graph; a DEQUANTIZE of a weight is none, it is undone at load."""
    return sum(kind != "DEQUANTIZE" for kind, _ in graph.operators(graph.read(path.read_bytes())))


def count_macs(path: Path) -> int:
    """Convolutions, fully connected layers and batched matrix products, from the file's shapes."""
    model = graph.read(path.read_bytes())
    return sum(graph.operator_macs(kind, shapes) for kind, shapes in graph.operators(model))
