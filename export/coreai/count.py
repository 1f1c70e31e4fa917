"""Multiply-accumulates of an `.aimodel`, counted from the shapes of its operations."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from irrvit.export.coreai.program import Program, shape
from irrvit.export.errors import UnsupportedOp

# How often what is inside runs is not to be seen from outside.
_CONTROL_FLOW = ("coreai.if", "coreai.while", "coreai.scan")


def macs(program: Program) -> int:
    """Multiply-accumulates of convolutions, linear layers and matrix products.

    Raises:
        UnsupportedOp: the program has loops or branches.
    """
    return sum(_of(operation) for operation in program.with_calls())


def _of(operation: Any) -> int:
    if operation.name in _CONTROL_FLOW:
        raise UnsupportedOp(f"Core AI: what is inside a {operation.name} is not counted")
    counter = _COUNTERS.get(operation.name.removeprefix("coreai."))
    return counter(operation) if counter else 0


def _convolution(operation: Any) -> int:
    """Each output is a sum over a kernel (C_in / groups, *K)."""
    kernel = shape(operation.operands[1])[1:]
    return math.prod(shape(operation.results[0])) * math.prod(kernel)


def _transposed(operation: Any) -> int:
    """Each input is spread by a kernel (C_out / groups, *K)."""
    kernel = shape(operation.operands[1])[1:]
    return math.prod(shape(operation.operands[0])) * math.prod(kernel)


def _product(operation: Any) -> int:
    return math.prod(shape(operation.results[0])) * shape(operation.operands[0])[-1]


_COUNTERS: Mapping[str, Callable[[Any], int]] = {
    "batch_matmul": _product,
    "conv2d": _convolution,
    "conv3d": _convolution,
    "conv_transpose2d": _transposed,
    "conv_transpose3d": _transposed,
    "decomposable.broadcasting_batch_matmul": _product,
}
