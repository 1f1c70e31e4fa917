"""A program in float16 where it was in float32, and back: operation for operation the same.

So a file of half precision and the float32 file of the same network have the same operations and
the same constants, in one order, and can be held against each other. What coreai-torch makes of a
network in half precision is another program.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from coreai._compiler.ir import (
    F16Type,
    F32Type,
    FunctionType,
    InsertionPoint,
    Location,
    RankedTensorType,
    TypeAttr,
)

from irrvit.export.coreai import constants
from irrvit.export.coreai.mlir import CastOp
from irrvit.export.coreai.program import MAIN, Program

_DECLARED = "composite_decl"  # What a called graph is known as: `"layer_norm" = {...}`


def halve(program: Program) -> None:
    """Store and compute in float16 what float16 can hold.

    What goes in and comes out of the network stays float32, and so does what a norm computes
    inside: the square of a number from 256 on is beyond float16.
    """
    with program.module.context, Location.unknown():
        numbers = constants.read(program)
        chosen: list[Any] = []
        for name, graph in program.graphs.items():
            if name == MAIN:
                ends = set(_cast_ends(graph))
                inside = [value for value in _floats(graph) if value not in ends]
                chosen += [value for value in inside if not _is_size(value)]
            elif _is_norm(graph):
                chosen += _cast_ends(graph)
            else:
                chosen += _floats(graph)
        halved = set(chosen)
        for operation, values in zip(constants.floats(program), numbers, strict=True):
            if operation.results[0] in halved:
                constants.replace(operation, values.astype(np.float16))
        _set_types(program, chosen, F16Type.get())


def widen(program: Program) -> None:
    """Compute in float32, with the numbers as they are stored."""
    with program.module.context, Location.unknown():
        _widen(program)


def widen_rounded(program: Program) -> None:
    """The same, with every value that the file holds in float16 rounded to it.

    Core AI's kernels for the CPU add up products of float16 in float16: 4099 times 1 makes 2048 in
    a linear layer. Phones add them up in more bits.
    """
    with program.module.context, Location.unknown():
        for value in _widen(program):
            _round(value)


def is_half(program: Program) -> bool:
    """Whether a program computes in float16 anywhere."""
    return any(_is_half(value) for graph in program.graphs.values() for value in _floats(graph))


def _widen(program: Program) -> list[Any]:
    """Return the values that were float16 and are results of operations, not constants."""
    numbers = constants.read(program)
    chosen = [v for graph in program.graphs.values() for v in _floats(graph) if _is_half(v)]
    stored = constants.floats(program)
    for operation, values in zip(stored, numbers, strict=True):
        constants.replace(operation, values.astype(np.float32))
    _set_types(program, chosen, F32Type.get())
    arguments = [v for graph in program.graphs.values() for v in _block(graph).arguments]
    held = {*arguments, *(operation.results[0] for operation in stored)}
    return [value for value in chosen if value not in held]


def _block(graph: Any) -> Any:
    (block,) = graph.regions[0].blocks
    return block


def _floats(graph: Any) -> list[Any]:
    """The floating-point values of a graph: what it is given, and what its operations make."""
    block = _block(graph)
    results = (value for operation in block.operations for value in operation.operation.results)
    return [v for v in (*block.arguments, *results) if constants.dtype(v) is not None]


def _is_norm(graph: Any) -> bool:
    return _DECLARED in graph.attributes and "norm" in str(graph.attributes[_DECLARED])


def _is_size(value: Any) -> bool:
    """Whether a value is how much a map grows, which stays float32."""
    uses = [(use.owner.name, use.operand_number) for use in value.uses]
    return any(name == "coreai.interpolate" and number >= 2 for name, number in uses)


def _is_half(value: Any) -> bool:
    return constants.dtype(value) == np.float16


def _cast_ends(graph: Any) -> list[Any]:
    """Put casts behind what goes into a graph and before what comes out.

    Returns:
        The values that lie outside of them.
    """
    block, outside = _block(graph), []
    for argument in block.arguments:
        if constants.dtype(argument) is not None:
            with InsertionPoint.at_block_begin(block):
                cast = CastOp(argument.type, argument)
            argument.replace_all_uses_except(cast.result, cast.operation)
            outside.append(argument)
    last = list(block.operations)[-1].operation
    for number, value in enumerate(last.operands):
        if constants.dtype(value) is not None:
            with InsertionPoint(last):
                cast = CastOp(value.type, value)
            last.operands[number] = cast.result
            outside.append(cast.result)
    return outside


def _round(value: Any) -> None:
    owner = value.owner
    with InsertionPoint.after(owner):
        there = CastOp(_with(value.type, F16Type.get()), value)
        back = CastOp(value.type, there.result)
    value.replace_all_uses_except(back.result, there.operation)


def _set_types(program: Program, chosen: list[Any], element: Any) -> None:
    for value in chosen:
        value.set_type(_with(value.type, element))
    for graph in program.graphs.values():
        block = _block(graph)
        given = [argument.type for argument in block.arguments]
        returned = [value.type for value in list(block.operations)[-1].operation.operands]
        graph.attributes["function_type"] = TypeAttr.get(FunctionType.get(given, returned))


def _with(type_: Any, element: Any) -> Any:
    return RankedTensorType.get(type_.shape, element, type_.encoding)
