"""Core ML: an ML program for iOS 16, run by Apple's runtime on macOS, by our own elsewhere."""

from __future__ import annotations

import sys
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

# Measured with the reference interpreter on the cases of `export/proof/cases.py`: the folded file
# against the unfolded network, for IRRViT, for EfficientNet-Lite0 with ImageNet weights and for
# twelve timm networks with random weights (MobileNet V2 to V4, DeiT, Swin, PVT v2, CoaT, RepViT,
# FastViT, MobileViT, EfficientFormer v2, MobileOne), the worst case of each.
#
# float32: at most 1.3e-5, cosine above 0.999999, SQNR from 97 dB on. 1e-4 is the project's limit
# for float32 in every format; 80 dB is the same as a mean error of 1e-4.
#
# float16: MobileOne 6.2e-2, cosine 0.9988, 25.5 dB; FastViT 3.2e-2 and 29.7 dB; all others at most
# 1.8e-2 and from 35 dB on (EfficientNet-Lite0 1.5e-2, IRRViT 5e-3). The limits leave 1.6 times the
# worst for what the Neural Engine does inside an operation, which nobody can emulate. For scale,
# swapped colour channels give 0.2 to 2 and SQNR of 7 dB down to -7 on the same networks.
#
# Weights in fewer bits. int8, a scale a channel: EfficientNet-Lite0 0.19, 14.5 dB, cosine 0.985;
# irrvit_300m 0.077, 24 dB; irrvit_fashion 0.040. By a table for a whole layer, which does not know
# that a folded BatchNorm leaves channels of different sizes: w8 EfficientNet-Lite0 0.57, 4.5 dB,
# cosine 0.81; irrvit_300m 0.10; irrvit_fashion 0.066. w6 irrvit_300m 0.48, 8 dB; irrvit_tiny 0.26.
# w4 irrvit_300m 1.44, -1.3 dB, irrvit_tiny 1.1 (random weights); irrvit_fashion 0.48, 6.0 dB: at 4
# bits parity says only that something runs, and labelled pictures decide (--evaluate).
_TOLERANCES = {
    Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=80.0),
    Precision.FP16: Tolerance(
        max_rel=1e-1, min_cosine=0.996, min_sqnr_db=21.0, max_points_below=0.1
    ),
    Precision.INT8: Tolerance(max_rel=0.3, min_cosine=0.96, min_sqnr_db=10, max_points_below=0.1),
    Precision.W8: Tolerance(max_rel=0.9, min_cosine=0.6, min_sqnr_db=1, max_points_below=0.1),
    Precision.W6: Tolerance(max_rel=0.8, min_cosine=0.8, min_sqnr_db=3.5, max_points_below=0.5),
    Precision.W4: Tolerance(max_rel=2.3, min_cosine=0.0, min_sqnr_db=-4, max_points_below=5),
}

FACTS = Facts(
    suffix=".mlpackage",
    description="Core ML, ML program for iOS 16",
    platforms=(Platform.IOS,),
    phones="iPhones from iOS 16 on, by the system itself",
    runner="coreml" if sys.platform == "darwin" else "mil-reference",
    written_by=("coremltools",),
    run_by=("coremltools",),
    tolerances=_TOLERANCES,
    # What the Neural Engine computes in; activations in 8 bits need ranges that only Apple's own
    # runtime finds, on macOS, so that nothing is calibrated and whatever is not fp32 is in float16.
    default_precision=Precision.FP16,
    fp16_arithmetic=frozenset(_TOLERANCES) - {Precision.FP32},
    export_seconds=8,
)


def write(
    network: nn.Module,
    spec: InputSpec,
    precision: Precision,
    path: Path,
    quantization: QuantizationOptions | None = None,
) -> str:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.coreml import convert

    return convert.write(network, spec, precision, path)


def load(path: Path) -> Runner:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.coreml import runners

    return runners.load(path)


def count_macs(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.coreml import macs, program

    return macs.count(program.load(path))


def count_operations(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.coreml import program

    return len(program.load(path).operations())


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """See `irrvit.export.target.TracesValues`."""
    from irrvit.export.coreml import runners

    return runners.trace(path, pixels)


def inspect(path: Path, pixels: np.ndarray) -> list[str]:
    """See `irrvit.export.target.InspectsFiles`."""
    from irrvit.export.coreml import runners

    return runners.inspect(path, pixels)


def float_graph(path: Path, twin: Path) -> FloatGraph:
    """See `irrvit.export.target.RunsUnrounded`."""
    from irrvit.export.coreml.float_graph import MilFloatGraph

    return MilFloatGraph(path)
