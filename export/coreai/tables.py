"""Weights by a table of 256 values: from numbers to places in it, and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from coreai._compiler.ir import InsertionPoint, IntegerType, Location

from irrvit.export.coreai import constants
from irrvit.export.coreai.mlir import ConstantOp, LutToDenseOp, create_constant_attr
from irrvit.export.coreai.program import LOOKUP, Program
from irrvit.export.quantization.palette import SMALL, palette

_BITS = 8


def compress(program: Program) -> None:
    """Give every constant of many float16 numbers a table of its own, and each number a place."""
    with program.module.context, Location.unknown():
        numbers = constants.read(program)
        for operation, values in zip(constants.floats(program), numbers, strict=True):
            if values.size >= SMALL and values.dtype == np.float16:
                _compress(operation, values)


def expand(program: Program) -> dict[int, np.ndarray]:
    """The reverse: every weight that stands in a table becomes a constant of its numbers.

    Returns:
        The tables, (256,) values each, by the places in `constants.floats` of what they make.
    """
    with program.module.context, Location.unknown():
        stored = constants.floats(program)
        tables: dict[int, np.ndarray] = {}
        for lookup in _lookups(program):
            indices, table = (value.owner for value in list(lookup.operands)[:2])
            places, values = constants.read(program, [indices, table])
            tables[stored.index(table)] = values.ravel()
            constants.replace(table, values.ravel()[places])
            lookup.results[0].replace_all_uses_with(table.results[0])
            lookup.erase()
    return tables


def _lookups(program: Program) -> list[Any]:
    every = (operation for graph in program.graphs for operation in program.all_operations(graph))
    return [operation for operation in every if operation.name == LOOKUP]


def _compress(operation: Any, values: np.ndarray) -> None:
    table, places = palette(_BITS, values)
    with InsertionPoint(operation):
        indices = _constant(places.reshape(values.shape), IntegerType.get_unsigned(_BITS))
        dense = LutToDenseOp(
            indices=indices,
            lut=_constant(table.reshape(*[1] * values.ndim, len(table), 1)),
            axis=_constant(np.array(0, np.int16)),
        )
    operation.results[0].replace_all_uses_with(dense.result)
    operation.erase()


def _constant(values: np.ndarray, kind: Any = None) -> Any:
    return ConstantOp(create_constant_attr(values, kind)).result
