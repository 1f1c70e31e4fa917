"""Single faults in an `.aimodel`."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from coreai._compiler.ir import InsertionPoint, Location, Operation

from irrvit.export.coreai import constants
from irrvit.export.coreai.mlir import create_constant_attr
from irrvit.export.coreai.program import LOOKUP, Program, load, save, shape

_OTHER = {"coreai.relu": "coreai.sigmoid", "coreai.sigmoid": "coreai.tanh"}
_BROADCASTING = "coreai.decomposable.broadcasting_"
_Fault = Iterator[tuple[str, Callable[[Program], None]]]


def faults(path: Path, chance: random.Random) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Name each fault that the file can have, and how a copy of it gets it; shuffled."""
    program = load(path)
    found = [*_structure(program), *_numbers(program, chance), *_places(program, chance)]
    chance.shuffle(found)
    for name, plant in found:
        yield name, lambda copy, plant=plant: _into(path, copy, plant)


def _into(path: Path, copy: Path, plant: Callable[[Program], None]) -> None:
    program = load(path)
    with program.module.context, Location.unknown():
        plant(program)
    save(program, copy)


def _all(program: Program) -> list[Any]:
    return [op for graph in program.graphs for op in program.all_operations(graph)]


def _structure(program: Program) -> _Fault:
    for i, op in enumerate(_all(program)):
        kind = op.name.removeprefix(_BROADCASTING)
        if kind in ("sub", "divide"):
            yield f"operands of {kind} {i} swapped", lambda p, i=i: _swap(_all(p)[i])
        if kind == "add":
            other = f"{_BROADCASTING}sub"
            yield f"add {i} subtracts", lambda p, i=i, other=other: _become(_all(p)[i], other)
        if op.name in _OTHER:
            other = _OTHER[op.name]
            yield f"{op.name} {i} is another", lambda p, i=i, o=other: _become(_all(p)[i], o)
        if op.name == "coreai.softmax":
            yield f"axis of softmax {i}", lambda p, i=i: _change(_all(p)[i].operands[1], 2)
        if op.name == "coreai.pad" and np.array(_made(op.operands[1]))[4] > 0:
            yield f"padding {i} moved", lambda p, i=i: _move_padding(_all(p)[i].operands[1])


def _swap(op: Any) -> None:
    first, second = op.operands[0], op.operands[1]
    op.operands[0], op.operands[1] = second, first


def _become(op: Any, name: str) -> None:
    with InsertionPoint(op):
        other: Any = Operation.create(name, [op.results[0].type], list(op.operands))
    op.results[0].replace_all_uses_with(other.results[0])


def _made(value: Any) -> Any:
    return value.owner.attributes["value"]


def _change(value: Any, to: int) -> None:
    constants.replace(value.owner, np.array(to, np.int32))


def _move_padding(value: Any) -> None:
    pads = np.array(_made(value)).astype(np.uint32)
    pads[4], pads[5] = pads[4] + 1, pads[5] - 1
    constants.replace(value.owner, pads)


def _numbers(program: Program, chance: random.Random) -> _Fault:
    """One large number of a constant by 5 %."""
    for i, values in enumerate(constants.read(program)):
        sizes = np.abs(values.astype(np.float64)).ravel()
        at = int(chance.choice(np.argsort(-sizes)[: max(1, values.size // 2)].tolist()))
        if sizes[at] > 0:
            yield f"a number of constant {i} by 5 %", lambda p, i=i, at=at: _perturb(p, i, at)


def _perturb(program: Program, number: int, at: int) -> None:
    values = constants.read(program)[number].copy()
    values.flat[at] = float(values.flat[at]) * 1.05
    constants.replace(constants.floats(program)[number], values)


def _places(program: Program, chance: random.Random) -> _Fault:
    """One number has another place in its table."""
    for i, op in enumerate(_all(program)):
        if op.name == LOOKUP:
            at = chance.randrange(math.prod(shape(op.results[0])))
            yield f"a place in table {i}", lambda p, i=i, at=at: _move_place(p, _all(p)[i], at)


def _move_place(program: Program, lookup: Any, at: int) -> None:
    held = lookup.operands[0].owner
    (places,) = constants.read(program, [held])
    moved = places.copy()
    moved.flat[at] ^= 64
    held.attributes["value"] = create_constant_attr(moved, held.results[0].type.element_type)
