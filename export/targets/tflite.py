"""TFLite: one `.tflite` file, written by litert-torch and run by LiteRT with XNNPACK."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from irrvit.export.facts import Facts, Platform
from irrvit.export.precision import Precision, Tolerance
from irrvit.export.target import QuantizationOptions, Runner

if TYPE_CHECKING:
    import numpy as np
    from torch import nn

    from irrvit.export.manifest import Delegation, ModuleLoss
    from irrvit.export.proof.meaning import FloatGraph
    from irrvit.model.spec import InputSpec

# Measured with this pipeline, folded file against unfolded network, the worst of nine cases, for
# IRRViT, EfficientNet-Lite0 with ImageNet weights and twelve timm networks with random weights
# (`tests/export/test_zoo.py` and MobileOne).
#
# float32: at most 2.7e-5 (FastViT), SQNR from 96 dB on; 1e-4 is the project's limit everywhere.
# LiteRT sums a mean one number after the other: over 112 x 112 equal pixels, which the case
# hard-edges has, that alone is 8e-5 off (EfficientNet-B0, 74 dB; photographs 4e-6). An error of
# 1e-4 in every output is 70 dB.
# float16 (weights only, the arithmetic is float32): MobileOne 3.0e-2, 31 dB, cosine 0.9996; FastViT
# 2.4e-2, 33 dB; the others at most 1.2e-2, 39 dB (EfficientNet-Lite0 9.9e-3, IRRViT 4.3e-3). The
# limits leave 1.6 times the worst.
#
# int8, on the photographs alone, which its ranges are for: EfficientNet-Lite0 0.131, 15 dB, cosine
# 0.984; irrvit_fashion 0.130, 19 dB; irrvit_300m 0.080, 22 dB; irrvit_tiny 0.073. The limits leave
# 1.6 times the worst. The 0.5 points are the project's bar; irrvit_fashion loses 0.07.
_TOLERANCES = {
    Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=70),
    Precision.FP16: Tolerance(max_rel=5e-2, min_cosine=0.998, min_sqnr_db=27, max_points_below=0.1),
    Precision.INT8: Tolerance(
        max_rel=0.22, min_cosine=0.96, min_sqnr_db=10.5, max_points_below=0.5
    ),
}

FACTS = Facts(
    suffix=".tflite",
    description="LiteRT, TensorFlow Lite schema 3",
    platforms=(Platform.ANDROID, Platform.IOS, Platform.WEB),
    phones="Android, iPhones and browsers, by LiteRT in the app or page",
    runner="litert",
    written_by=("litert_torch", "ai_edge_quantizer", "flatbuffers"),
    run_by=("ai_edge_litert",),
    tolerances=_TOLERANCES,
    calibrated=frozenset({Precision.INT8}),
    delegate="XNNPACK",
    delegated=frozenset({Precision.INT8}),
    second_runners=("tensorflow",),
    export_seconds=30,
)


def write(
    network: nn.Module,
    spec: InputSpec,
    precision: Precision,
    path: Path,
    quantization: QuantizationOptions | None = None,
) -> str:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.tflite import convert

    return convert.write(network, spec, precision, path, quantization)


def load(path: Path) -> Runner:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.tflite import runner

    return runner.load(path)


def count_macs(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.tflite import graph

    return graph.macs(path.read_bytes())


def count_operations(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.tflite import graph

    return graph.operation_count(path.read_bytes())


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """See `irrvit.export.target.TracesValues`."""
    from irrvit.export.tflite import trace as tracing

    return tracing.trace(path, pixels)


def delegation(path: Path) -> Delegation:
    """See `irrvit.export.target.KnowsDelegation`."""
    from irrvit.export.tflite import placement

    return placement.delegation(path.read_bytes())


def losses(
    network: nn.Module, spec: InputSpec, quantization: QuantizationOptions
) -> tuple[ModuleLoss, ...]:
    """See `irrvit.export.target.MeasuresLosses`."""
    from irrvit.export.tflite import convert, sensitivity
    from irrvit.export.tflite.quantize import Quantization

    content = convert.convert(network, spec)
    return sensitivity.losses(Quantization(content, quantization.pictures), quantization.pictures)


def float_graph(path: Path, twin: Path) -> FloatGraph:
    """See `irrvit.export.target.RunsUnrounded`."""
    from irrvit.export.tflite.float_graph import TFLiteFloatGraph

    return TFLiteFloatGraph(path)
