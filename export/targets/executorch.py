"""ExecuTorch: one `.pte` file for PyTorch's own runtime on phones, its operations in XNNPACK."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from irrvit.export.facts import Facts, Platform
from irrvit.export.precision import Precision, Tolerance
from irrvit.export.target import QuantizationOptions, Runner

if TYPE_CHECKING:
    from torch import nn

    from irrvit.export.manifest import Delegation
    from irrvit.export.proof.meaning import FloatGraph
    from irrvit.model.spec import InputSpec

# Measured as the other formats', on the networks of `tests/export/test_zoo.py`: at most 1.4e-5,
# SQNR from 97 dB on. XNNPACK sums as it does in LiteRT, so the limits are those of TFLite.
_TOLERANCES = {Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=70)}

FACTS = Facts(
    suffix=".pte",
    description="ExecuTorch, XNNPACK",
    platforms=(Platform.ANDROID, Platform.IOS),
    phones="Android and iPhones, by ExecuTorch in the app",
    runner="executorch",
    written_by=("executorch",),
    run_by=("executorch",),
    # float32 alone; docs/exporting.md says why.
    tolerances=_TOLERANCES,
    delegate="XNNPACK",
    export_seconds=25,
    # 168 MB more to install, and what computes is what computes `.tflite` files.
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
    from irrvit.export.executorch import convert

    return convert.write(network, spec, path)


def load(path: Path) -> Runner:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.executorch import runner

    return runner.load(path)


def count_macs(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.executorch import count, program

    return count.macs(program.load(path))


def count_operations(path: Path) -> int:
    """See `irrvit.export.target.Target`."""
    from irrvit.export.executorch import count, program

    return count.operations(program.load(path))


def delegation(path: Path) -> Delegation:
    """See `irrvit.export.target.KnowsDelegation`."""
    from irrvit.export.executorch import count, program

    return count.delegation(program.load(path))


def float_graph(path: Path, twin: Path) -> FloatGraph:
    """See `irrvit.export.target.RunsUnrounded`."""
    from irrvit.export.executorch.float_graph import ExecuTorchFloatGraph

    return ExecuTorchFloatGraph(path)
