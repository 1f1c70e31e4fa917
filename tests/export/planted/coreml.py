"""Single faults in a Core ML package."""

from __future__ import annotations

import random
import shutil
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.export.coreml.tools import coremltools

_OTHER = {"relu": "sigmoid", "sigmoid": "tanh", "relu6": "relu", "silu": "sigmoid"}
_MODEL = Path("Data", "com.apple.CoreML", "model.mlmodel")
_WEIGHTS = Path("Data", "com.apple.CoreML", "weights", "weight.bin")
_HEADER = struct.Struct("<IIQQ")  # Sentinel, type, bytes, where the numbers begin.
_FLOAT16, _FLOAT32 = 1, 2  # As the blob's header says it.


def faults(path: Path, chance: random.Random) -> Iterator[tuple[str, Callable[[Path], None]]]:
    """Name each fault that the package can have, and how a copy of it gets it; shuffled."""
    operations = _operations(coremltools.utils.load_spec(str(path)))
    found = [*_structure(operations), *_numbers(path, operations, chance)]
    chance.shuffle(found)
    for name, plant in found:
        yield name, lambda copy, plant=plant: _into(path, copy, plant)


def _into(path: Path, copy: Path, plant: Callable[[Any, Path], None]) -> None:
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(path, copy)
    spec = coremltools.utils.load_spec(str(copy))
    plant(_operations(spec), copy / _WEIGHTS)
    (copy / _MODEL).write_bytes(spec.SerializeToString())


def _operations(spec: Any) -> Any:
    function = spec.mlProgram.functions["main"]
    return function.block_specializations[function.opset].operations


def _structure(operations: Any) -> Iterator[tuple[str, Callable[[Any, Path], None]]]:
    for i, op in enumerate(operations):
        if op.type in ("sub", "real_div"):
            yield f"operands of {op.type} {i} swapped", lambda ops, _, i=i: _swap(ops[i])
        if op.type == "add":
            yield f"add {i} subtracts", lambda ops, _, i=i: _rename(ops[i], "sub")
        if op.type in _OTHER:
            yield f"{op.type} {i} is another", lambda ops, _, i=i: _rename(ops[i], _OTHER)
        if op.type == "softmax":
            yield f"axis of softmax {i}", lambda ops, _, i=i: _move_axis(ops, ops[i])
        if op.type == "conv" and _is_padded(operations, op):
            yield f"padding of conv {i} moved", lambda ops, _, i=i: _move_padding(ops, ops[i])


def _swap(op: Any) -> None:
    x, y = type(op.inputs["x"])(), type(op.inputs["y"])()
    x.CopyFrom(op.inputs["x"])
    y.CopyFrom(op.inputs["y"])
    op.inputs["x"].CopyFrom(y)
    op.inputs["y"].CopyFrom(x)


def _rename(op: Any, kind: str | dict[str, str]) -> None:
    op.type = kind if isinstance(kind, str) else kind[op.type]


def _constant(operations: Any, op: Any, parameter: str) -> Any:
    """The value of a constant input; each has an operation of its own here."""
    name = op.inputs[parameter].arguments[0].name
    maker = next(other for other in operations if other.outputs[0].name == name)
    return maker.attributes["val"].immediateValue.tensor


def _move_axis(operations: Any, op: Any) -> None:
    _constant(operations, op, "axis").ints.values[0] = -2


def _is_padded(operations: Any, op: Any) -> bool:
    if "pad" not in op.inputs or _constant_text(operations, op, "pad_type") != "custom":
        return False
    pad = _constant(operations, op, "pad").ints.values
    return len(pad) == 4 and pad[1] > 0


def _constant_text(operations: Any, op: Any, parameter: str) -> str:
    return _constant(operations, op, parameter).strings.values[0]


def _move_padding(operations: Any, op: Any) -> None:
    pad = _constant(operations, op, "pad").ints.values
    pad[0], pad[1] = pad[0] + 1, pad[1] - 1


def _numbers(
    path: Path, operations: Any, chance: random.Random
) -> Iterator[tuple[str, Callable[[Any, Path], None]]]:
    """One number of a constant by 5 %, of those that lie beside the program and those inside."""
    blob = (path / _WEIGHTS).read_bytes()
    for i, op in enumerate(operations):
        value = op.attributes["val"] if op.type == "const" else None
        if value is not None:
            if value.WhichOneof("value") == "blobFileValue":
                offset = value.blobFileValue.offset
                held = _held(blob, offset)
                if held is not None:
                    at = _large(held, chance)
                    yield (
                        f"a number of constant {i} by 5 %",
                        lambda _, weights, offset=offset, at=at: _perturb(weights, offset, at),
                    )
            elif value.immediateValue.tensor.bytes.values and _is_half(value):
                yield f"scalar {i} by 5 %", lambda ops, _, i=i: _perturb_scalar(ops[i])


def _held(blob: bytes, offset: int) -> np.ndarray | None:
    _, kind, size, begin = _HEADER.unpack_from(blob, offset)
    types = {_FLOAT16: np.float16, _FLOAT32: np.float32}
    return np.frombuffer(blob[begin : begin + size], types[kind]) if kind in types else None


def _large(held: np.ndarray, chance: random.Random) -> int:
    sizes = np.abs(held.astype(np.float64))
    return int(chance.choice(np.argsort(-sizes)[: max(1, held.size // 2)].tolist()))


def _perturb(weights: Path, offset: int, at: int) -> None:
    content = bytearray(weights.read_bytes())
    held = _held(bytes(content), offset)
    assert held is not None
    moved = held.copy()
    moved[at] = float(moved[at]) * 1.05
    begin = _HEADER.unpack_from(content, offset)[3]
    content[begin : begin + moved.nbytes] = moved.tobytes()
    weights.write_bytes(content)


def _is_half(value: Any) -> bool:
    return value.type.tensorType.dataType == 10 and len(value.type.tensorType.dimensions) == 0


def _perturb_scalar(op: Any) -> None:
    tensor = op.attributes["val"].immediateValue.tensor
    held = np.frombuffer(tensor.bytes.values, np.float16).copy()
    held[0] = float(held[0]) * 1.05
    tensor.bytes.values = held.tobytes()
