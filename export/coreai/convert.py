"""From a network to an `.aimodel`, by Apple's coreai-torch."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from torch import nn

from irrvit.export.converting import converting
from irrvit.export.coreai.half import halve
from irrvit.export.coreai.program import Program, save
from irrvit.export.coreai.rules import COREAI
from irrvit.export.coreai.tables import compress
from irrvit.export.coreai.tools import coreai_torch
from irrvit.export.precision import Precision
from irrvit.export.proof.operations import exported
from irrvit.export.rewriting.program import rewritten
from irrvit.model.outputs import named
from irrvit.model.spec import InputSpec

# What the file says of itself is read by people who wonder where it was tried.
_OPENED_BY = "iOS 27 and macOS 27; compared on this host's CPU, not on the Neural Engine"


def write(network: nn.Module, spec: InputSpec, precision: Precision, path: Path) -> str:
    """Convert a network that maps raw pixels (1, C, H, W) to outputs; return what can open it.

    Raises:
        UnsupportedOp: naming the operation that coreai-torch lacks, or that the format refuses.
        OSError: the file cannot be written.
    """
    example = torch.zeros(1, spec.channels, spec.height, spec.width)
    network = rewritten(network, example, COREAI)
    with torch.no_grad():
        names = list(named(network(example)))
    with converting("coreai-torch", network, example):
        program = converted(network, example, names)
        if precision is not Precision.FP32:
            halve(program)
        if precision is Precision.W8:
            compress(program)
    save(program, path)
    return _OPENED_BY


def converted(network: nn.Module, example: torch.Tensor, names: Sequence[str]) -> Program:
    """A float32 program of a network of one input.

    Args:
        names: of the outputs.
    """
    table = coreai_torch.get_decomp_table()
    program = exported(network, example).run_decompositions(table)
    # Without stack traces, which name files of this machine.
    converter = coreai_torch.TorchConverter(mode=coreai_torch.TorchConverter.Mode.RELEASE)
    converter.add_exported_program(program, input_names=["image"], output_names=list(names))
    return Program(converter.to_coreai()._module._mlir_module)
