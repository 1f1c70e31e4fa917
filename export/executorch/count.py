"""What a `.pte` file computes: operations, multiply-accumulates, and who computes them. Pure."""

from __future__ import annotations

from math import prod

from irrvit.export.errors import UnsupportedOp
from irrvit.export.executorch.program import Operation, Program
from irrvit.export.manifest import Delegation

# Kernels outside of XNNPACK that multiply: never counted as nothing.
_PRODUCTS = frozenset(
    f"aten::{name}"
    for name in ("addbmm", "addmm", "baddbmm", "bmm", "convolution", "linear", "matmul", "mm")
)
_UNCOUNTED = "ScaledDotProductAttention"  # Written otherwise: see `rules`.


def operations(program: Program) -> int:
    """Operations of all delegates, and the kernels beside them."""
    return sum(map(len, program.delegates)) + len(program.kernels)


def macs(program: Program) -> int:
    """Convolutions, linear layers and products of matrices, from the file's shapes.

    Raises:
        UnsupportedOp: one of them is outside of XNNPACK, or of a kind that is not known.
    """
    outside = [kernel.kind for kernel in program.kernels if kernel.kind in _PRODUCTS]
    inside = [operation for delegate in program.delegates for operation in delegate]
    outside += [operation.kind for operation in inside if operation.kind == _UNCOUNTED]
    if outside:
        raise UnsupportedOp(f"ExecuTorch: {outside[0]} is computed outside of what is counted")
    return sum(map(_macs, inside))


def delegation(program: Program) -> Delegation:
    """Who computes what: each delegate is a piece, and the kernels are left out."""
    return Delegation(
        nodes=operations(program),
        partitions=len(program.delegates),
        left_out=tuple(map(_name, program.kernels)),
    )


def _name(kernel: Operation) -> str:
    shape = "x".join(map(str, kernel.output)) or "a number"
    return f"{kernel.kind.rpartition('::')[2]} of {shape}"


def _macs(operation: Operation) -> int:
    settings, given = operation.settings, operation.inputs
    match operation.kind:
        case "Conv2d" | "DepthwiseConv2d":
            return prod(operation.output) * _places(operation) * settings["group_input_channels"]
        case "ConvTranspose2d":
            return prod(given[0]) * _places(operation) * settings["group_output_channels"]
        case "FullyConnected" | "BatchMatrixMultiply":
            return prod(operation.output) * given[0][-1]
        case _:
            return 0


def _places(operation: Operation) -> int:
    return operation.settings["kernel_height"] * operation.settings["kernel_width"]
