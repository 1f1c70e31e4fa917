"""From a network to a Core ML package, by coremltools."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from irrvit.export.converting import converting
from irrvit.export.coreml import conversions  # noqa: F401  registers them with coremltools
from irrvit.export.coreml.tools import coremltools
from irrvit.export.precision import Precision
from irrvit.export.proof.operations import decomposed
from irrvit.export.quantization.palette import SMALL, palette
from irrvit.export.rewriting.program import rewritten
from irrvit.export.rewriting.rules import COREML
from irrvit.model.outputs import named
from irrvit.model.spec import InputSpec

# Bits of the weights; what is computed is float16. Activations in 8 bits need ranges that only
# Apple's own runtime finds, on macOS.
_PALETTE_BITS = {Precision.W8: 8, Precision.W6: 6, Precision.W4: 4}
# Put into every package by coremltools for ExecuTorch's debugger: a third of a small one in w8, and
# neither named by the package's Manifest.json nor read by Core ML.
_DEBUG = "executorch_debug_handle_mapping.json"
_LAYOUTS = {
    "RGB": coremltools.colorlayout.RGB,
    "gray": coremltools.colorlayout.GRAYSCALE,
}


def write(network: nn.Module, spec: InputSpec, precision: Precision, path: Path) -> str:
    """Convert a network that maps raw pixels (1, C, H, W) to outputs; return what can open it.

    By `torch.export`, whose graph has every shape as a number. `torch.jit.trace` converted the same
    networks, but it is deprecated, and the shape arithmetic that it leaves in the graph breaks
    coremltools 9.0 with numpy 2.4 (github.com/apple/coremltools/issues/2633).

    Raises:
        UnsupportedOp: naming the operation that coremltools lacks, or what Core ML forbids.
    """
    # Contiguous on purpose: coremltools refuses other orders of the axes in memory.
    example = torch.zeros(1, spec.channels, spec.height, spec.width)
    network = rewritten(network, example, COREML)
    exported = decomposed(network, example)
    with torch.no_grad():
        outputs = [_output(name, tensor) for name, tensor in named(network(example)).items()]
    with converting("coremltools", network, example):
        package = _compressed(_convert(exported, _image(spec), outputs, precision), precision)
    package.save(str(path))
    (path / _DEBUG).unlink(missing_ok=True)
    return "iOS16, ML Program"


def _image(spec: InputSpec) -> Any:
    """The input: an image, or numbers where Core ML has no such images, as of four channels."""
    shape = (1, spec.channels, spec.height, spec.width)
    if spec.color not in _LAYOUTS:
        return coremltools.TensorType(name="image", shape=shape, dtype=np.float32)
    return coremltools.ImageType(name="image", shape=shape, color_layout=_LAYOUTS[spec.color])


def _output(name: str, tensor: torch.Tensor) -> Any:
    dtype = np.float32 if tensor.is_floating_point() else np.int32
    return coremltools.TensorType(name=name, dtype=dtype)


def _convert(
    exported: torch.export.ExportedProgram, image: Any, outputs: list[Any], precision: Precision
) -> Any:
    compute = coremltools.precision.FLOAT16
    if precision is Precision.FP32:
        compute = coremltools.precision.FLOAT32
    # It numbers what has no name on from a conversion that failed; a file and its twin share names.
    coremltools.converters.mil.Builder.name_count.clear()
    return coremltools.convert(
        exported,
        convert_to="mlprogram",
        inputs=[image],
        outputs=outputs,
        minimum_deployment_target=coremltools.target.iOS16,
        compute_precision=compute,
        skip_model_load=True,
    )


def _compressed(package: Any, precision: Precision) -> Any:
    """Weights in fewer bits: with a scale a channel for int8, by a table of values for w8 to w4."""
    optimize = coremltools.optimize.coreml
    if precision is Precision.INT8:
        config = optimize.OpLinearQuantizerConfig(
            mode="linear_symmetric", dtype="int8", weight_threshold=SMALL
        )
        whole = optimize.OptimizationConfig(global_config=config)
        return optimize.linear_quantize_weights(package, whole)
    if precision in _PALETTE_BITS:
        config = optimize.OpPalettizerConfig(
            mode="custom",
            lut_function=partial(palette, _PALETTE_BITS[precision]),
            weight_threshold=SMALL,
        )
        whole = optimize.OptimizationConfig(global_config=config)
        return optimize.palettize_weights(package, whole)
    return package
