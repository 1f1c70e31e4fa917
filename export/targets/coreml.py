"""Core ML: an ML program for iOS 16, run by Apple's runtime on macOS, by our own elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import nn

from irrvit.export.coreml import lint, macs, program, range_scan
from irrvit.export.coreml.palette import palette
from irrvit.export.coreml.tools import coremltools
from irrvit.export.errors import UnsupportedOp
from irrvit.export.manifest import Delegation, ModuleLoss
from irrvit.export.pixels import one_by_one
from irrvit.export.precision import Precision, Tolerance
from irrvit.export.target import QuantizationOptions, Runner
from irrvit.model.spec import InputSpec

SUFFIX = ".mlpackage"
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
TOLERANCES = {
    Precision.FP32: Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=80.0),
    Precision.FP16: Tolerance(
        max_rel=1e-1, min_cosine=0.996, min_sqnr_db=21.0, max_points_below=0.1
    ),
    Precision.INT8: Tolerance(max_rel=0.3, min_cosine=0.96, min_sqnr_db=10, max_points_below=0.1),
    Precision.W8: Tolerance(max_rel=0.9, min_cosine=0.6, min_sqnr_db=1, max_points_below=0.1),
    Precision.W6: Tolerance(max_rel=0.8, min_cosine=0.8, min_sqnr_db=3.5, max_points_below=0.5),
    Precision.W4: Tolerance(max_rel=2.3, min_cosine=0.0, min_sqnr_db=-4, max_points_below=5),
}

# Bits of the weights; what is computed is float16. Activations in 8 bits need ranges that only
# Apple's own runtime finds, on macOS.
_PALETTE_BITS = {Precision.W8: 8, Precision.W6: 6, Precision.W4: 4}
# Put into every package by coremltools for ExecuTorch's debugger: a third of a small one in w8, and
# neither named by the package's Manifest.json nor read by Core ML.
_DEBUG = "executorch_debug_handle_mapping.json"
_SMALL = 512  # Weights of fewer numbers stay as they are: their table would be larger.


@coremltools.converters.mil.register_torch_op(override=True)
def alias(context: Any, node: Any) -> None:
    """Convert `aten.alias`, a second name of a tensor, which coremltools 9.0 lacks and Swin has.

    Remove when `coremltools` converts it.
    """
    context.add(context[node.inputs[0]], torch_name=node.name)


class CoreMLRunner:
    """A package in Apple's runtime, on macOS.

    Its input is an image, so pixels are rounded to 8 bits.
    """

    name = "coreml"

    def __init__(self, path: Path):
        self._package = coremltools.models.MLModel(str(path))

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """(N, H, W, 3), 0..255 -> (N, classes)."""
        return one_by_one(self._infer, pixels)

    def _infer(self, pixels: np.ndarray) -> np.ndarray:
        picture = Image.fromarray(np.rint(pixels[0]).clip(0, 255).astype(np.uint8))
        return np.asarray(self._package.predict({"image": picture})["logits"], np.float32)


class MilRunner:
    """A package in the reference interpreter; `export/coreml/program.py` says what it proves."""

    name = "mil-reference"

    def __init__(self, path: Path):
        self._program = program.load(path)

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """(N, H, W, 3), 0..255 -> (N, classes)."""
        return one_by_one(lambda one: self._program.run(_inputs(one))["logits"], pixels)


def write(
    network: nn.Module,
    spec: InputSpec,
    precision: Precision,
    path: Path,
    quantizing: QuantizationOptions | None = None,
) -> str:
    """Convert a network that maps raw pixels (1, 3, H, W) to logits; return what can open it.

    By `torch.export`, whose graph has every shape as a number. `torch.jit.trace` converted the same
    networks, but it is deprecated, and the shape arithmetic that it leaves in the graph breaks
    coremltools 9.0 with numpy 2.4 (github.com/apple/coremltools/issues/2633).

    Raises:
        UnsupportedOp: naming the operation that coremltools lacks, or what Core ML forbids.
    """
    # Contiguous on purpose: coremltools refuses other orders of the axes in memory.
    example = torch.zeros(1, 3, spec.height, spec.width)
    with torch.no_grad():
        exported = torch.export.export(network, (example,), strict=False).run_decompositions({})
    try:
        package = _compressed(_convert(exported, tuple(example.shape), precision), precision)
    except Exception as error:
        # Any kind: coremltools raises NotImplementedError for an operation that it lacks,
        # ValueError for Core ML's own limits, and bare assertions and whatever else from inside.
        why = str(error) or type(error).__name__
        raise UnsupportedOp(f"coremltools cannot convert the network: {why}") from error
    package.save(str(path))
    (path / _DEBUG).unlink(missing_ok=True)
    return "iOS16, ML Program"


def _convert(
    exported: torch.export.ExportedProgram, shape: tuple[int, ...], precision: Precision
) -> Any:
    compute = coremltools.precision.FLOAT16
    if precision is Precision.FP32:
        compute = coremltools.precision.FLOAT32
    image = coremltools.ImageType(
        name="image", shape=shape, color_layout=coremltools.colorlayout.RGB
    )
    return coremltools.convert(
        exported,
        convert_to="mlprogram",
        inputs=[image],
        outputs=[coremltools.TensorType(name="logits", dtype=np.float32)],
        minimum_deployment_target=coremltools.target.iOS16,
        compute_precision=compute,
        skip_model_load=True,
    )


def _compressed(package: Any, precision: Precision) -> Any:
    """Weights in fewer bits: with a scale a channel for int8, by a table of values for w8 to w4."""
    optimize = coremltools.optimize.coreml
    if precision is Precision.INT8:
        config = optimize.OpLinearQuantizerConfig(
            mode="linear_symmetric", dtype="int8", weight_threshold=_SMALL
        )
        whole = optimize.OptimizationConfig(global_config=config)
        return optimize.linear_quantize_weights(package, whole)
    if precision in _PALETTE_BITS:
        config = optimize.OpPalettizerConfig(
            mode="custom",
            lut_function=partial(palette, _PALETTE_BITS[precision]),
            weight_threshold=_SMALL,
        )
        whole = optimize.OptimizationConfig(global_config=config)
        return optimize.palettize_weights(package, whole)
    return package


def load(path: Path) -> Runner:
    """Load a package into Core ML where it exists, and into the reference interpreter elsewhere."""
    return CoreMLRunner(path) if sys.platform == "darwin" else MilRunner(path)


def count_macs(path: Path) -> int:
    """Multiply-accumulates of convolutions, linear layers and matrix products in the file."""
    return macs.count(program.load(path))


def count_operations(path: Path) -> int:
    """Operations in the file's graph, constants not counted."""
    return len(program.load(path).operations())


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Run one case (1, H, W, 3) and yield every intermediate value of the file, in order."""
    return program.load(path).trace(_inputs(pixels))


def delegation(path: Path) -> Delegation | None:
    """The format's runtime has its own operations for the whole file."""
    return None


def losses(
    network: nn.Module, spec: InputSpec, quantizing: QuantizationOptions
) -> tuple[ModuleLoss, ...]:
    """Not told for this format; a module that loses much in TFLite loses much here."""
    return ()


def inspect(path: Path, pixels: np.ndarray) -> list[str]:
    """What is known to go wrong on a phone: traps of the Neural Engine, and overflow of fp16."""
    package = program.load(path)
    return lint.lint(package) + range_scan.scan(package, _inputs(pixels))


def _inputs(pixels: np.ndarray) -> dict[str, np.ndarray]:
    """(1, H, W, 3) -> the program's input (1, 3, H, W)."""
    return {"image": np.ascontiguousarray(pixels.transpose(0, 3, 1, 2), dtype=np.float32)}
