"""ONNX: one `.onnx` file, opset 18, run by onnxruntime."""

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

    from irrvit.export.proof.meaning import FloatGraph
    from irrvit.model.spec import InputSpec

# Measured with this pipeline, folded file against unfolded network, the worst of nine cases, for
# IRRViT, EfficientNet-Lite0 with ImageNet weights and twelve timm networks with random weights
# (`tests/export/test_zoo.py` and MobileOne).
#
# float32: at most 1.2e-5 (FastViT), SQNR from 99 dB on; 1e-4 is the project's limit everywhere.
# float16: MobileOne 6.2e-2, 26 dB, cosine 0.9988; FastViT 2.7e-2, 30 dB; the others at most 1.8e-2,
# 35 dB (EfficientNet-Lite0 8.9e-3, IRRViT 5.8e-3). The limits leave 1.6 times the worst, as those
# of Core ML: float16 hardware may accumulate in float16, this machine's kernels do not.
#
# int8, on the photographs alone, which its ranges are for: EfficientNet-Lite0 0.180, 12 dB, cosine
# 0.968; irrvit_300m 0.140, 17 dB; irrvit_fashion 0.048, 26 dB. With weights of 7 bits instead of
# those of `irrvit.export.onnx.quantize`: 0.237, 8.6 dB, 0.931; 0.180, 16 dB; 0.159, 17 dB. The
# limits leave 1.6 times the worst. The 0.5 points are the project's bar; irrvit_fashion loses 0.02.
_TOLERANCES = {
    Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=80),
    Precision.FP16: Tolerance(max_rel=1e-1, min_cosine=0.996, min_sqnr_db=21, max_points_below=0.1),
    Precision.INT8: Tolerance(max_rel=0.3, min_cosine=0.95, min_sqnr_db=8, max_points_below=0.5),
}

FACTS = Facts(
    suffix=".onnx",
    description="ONNX, opset 18",
    platforms=(Platform.ANDROID, Platform.IOS, Platform.WEB),
    phones="Android, iPhones and browsers, by onnxruntime in the app or page",
    runner="onnxruntime",
    written_by=("onnxscript", "onnx"),
    run_by=("onnxruntime",),
    tolerances=_TOLERANCES,
    calibrated=frozenset({Precision.INT8}),
    export_seconds=5,
)


def write(
    network: nn.Module,
    spec: InputSpec,
    precision: Precision,
    path: Path,
    quantization: QuantizationOptions | None = None,
) -> str:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.onnx import convert

    return convert.write(network, spec, precision, path, quantization)


def load(path: Path) -> Runner:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.onnx import runner

    return runner.load(path)


def count_macs(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.onnx import count

    return count.macs(path)


def count_operations(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.onnx import count

    return count.operations(path)


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """See `irrvit.export.target.TracesValues`."""
    from irrvit.export.onnx import trace as tracing

    return tracing.trace(path, pixels)


def float_graph(path: Path, twin: Path) -> FloatGraph:
    """See `irrvit.export.target.RunsUnrounded`."""
    from irrvit.export.onnx.float_graph import OnnxFloatGraph

    return OnnxFloatGraph(path, twin)
