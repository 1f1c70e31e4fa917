"""Core AI: an `.aimodel` for iOS 27, run by Apple's own runtime on the CPU of this machine."""

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

# As ONNX's. In float16 three IRRViTs were at 41 dB and more, MobileNetV2 at 37; with these limits
# planted faults are caught by parity, meaning or rounding (tests/export/planted/coreai.py).
_TOLERANCES = {
    Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=80),
    Precision.FP16: Tolerance(max_rel=1e-1, min_cosine=0.996, min_sqnr_db=21, max_points_below=0.1),
    Precision.W8: Tolerance(max_rel=0.9, min_cosine=0.6, min_sqnr_db=1, max_points_below=0.1),
}

FACTS = Facts(
    suffix=".aimodel",
    description="Core AI, for iOS 27",
    platforms=(Platform.IOS,),
    phones="iPhones from iOS 27 on, by the system itself",
    runner="coreai",
    written_by=("coreai_torch",),
    run_by=("coreai",),
    tolerances=_TOLERANCES,
    fp16_arithmetic=frozenset(_TOLERANCES) - {Precision.FP32},
    export_seconds=3,
    # A beta for systems of next year; Core ML is what iPhones of today read.
    is_in_all=False,
)


def write(
    network: nn.Module,
    spec: InputSpec,
    precision: Precision,
    path: Path,
    quantization: QuantizationOptions | None = None,
) -> str:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.coreai import convert

    return convert.write(network, spec, precision, path)


def load(path: Path) -> Runner:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.coreai import runner

    return runner.load(path)


def count_macs(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.coreai import count, program

    return count.macs(program.load(path))


def count_operations(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.coreai import program

    return len(program.load(path).operations())


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """See `irrvit.export.target.TracesValues`."""
    from irrvit.export.coreai import trace as tracing

    return tracing.trace(path, pixels)


def float_graph(path: Path, twin: Path) -> FloatGraph:
    """See `irrvit.export.target.RunsUnrounded`."""
    from irrvit.export.coreai.float_graph import CoreAIFloatGraph

    return CoreAIFloatGraph(path)
