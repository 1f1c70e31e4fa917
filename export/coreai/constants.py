"""The numbers that an `.aimodel` holds, by the operations that stand for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from coreai._compiler.ir import DenseResourceElementsAttr, F16Type, F32Type, Location

from irrvit.export.coreai.mlir import create_constant_attr
from irrvit.export.coreai.program import Program, shape

_NAME = re.compile(r"dense_resource<([^>]+)>")
# Numbers that lie beside the program, as MLIR prints them: the alignment, then the bytes.
_HELD = re.compile(r'(\w+): "0x[0-9A-Fa-f]{8}([0-9A-Fa-f]*)"')
_TYPES = {F16Type: np.dtype(np.float16), F32Type: np.dtype(np.float32)}


def floats(program: Program) -> list[Any]:
    """The operations that are constants of floating-point numbers, in the order of the file."""
    return [
        operation
        for graph in program.graphs
        for operation in program.all_operations(graph)
        if operation.name == "coreai.constant" and dtype(operation.results[0]) is not None
    ]


def dtype(value: Any) -> np.dtype | None:
    """The type of the numbers of a value; None if they are no floats that we know."""
    return _TYPES.get(type(value.type.element_type))


def read(program: Program, operations: Sequence[Any] | None = None) -> list[np.ndarray]:
    """The numbers of constants of floats or of bytes, in their order and as they are stored.

    Args:
        operations: `floats` where it is None.
    """
    operations = floats(program) if operations is None else operations
    beside = dict(_beside(program)) if any(_is_beside(op) for op in operations) else {}
    return [_values(operation, beside) for operation in operations]


def _is_beside(operation: Any) -> bool:
    return DenseResourceElementsAttr.isinstance(operation.attributes["value"])


def _beside(program: Program) -> Iterator[tuple[str, bytes]]:
    """By name: nothing but printing them gets them out of MLIR's bindings."""
    for found in _HELD.finditer(str(program.module)):
        yield found[1], bytes.fromhex(found[2])


def _values(operation: Any, beside: Mapping[str, bytes]) -> np.ndarray:
    value = operation.attributes["value"]
    wanted = dtype(operation.results[0]) or np.dtype(np.uint8)
    if not _is_beside(operation):
        return np.array(value, wanted)
    name = _NAME.search(str(value))
    assert name is not None
    return np.frombuffer(beside[name[1]], wanted).reshape(shape(operation.results[0]))


def replace(operation: Any, values: np.ndarray) -> None:
    """Give a constant other numbers, and their type."""
    with operation.context, Location.unknown():
        attribute = create_constant_attr(np.ascontiguousarray(values).reshape(values.shape))
        operation.attributes["value"] = attribute
        operation.results[0].set_type(attribute.type)
