"""From a `.mlpackage` to a plain listing of its operations and constants."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.export.content import content_hash
from irrvit.export.coreml.ops.table import OPERATIONS
from irrvit.export.coreml.ops.values import Operation, Value
from irrvit.export.coreml.tools import DecodeError, coremltools, milproto
from irrvit.export.errors import BadArtifact, UnsupportedOp
from irrvit.export.proof.storage import Bound, as_float16, by_table, in_float16_steps

_types = coremltools.converters.mil.mil.types
_WEIGHTS = Path("Data", "com.apple.CoreML", "weights")


@dataclass(frozen=True)
class Listing:
    """A program as data.

    Attributes:
        constants: weights and attributes by name of value; text stays text.
        bounds: of the weights that are stored in fewer bits than float16, what that explains.
    """

    inputs: tuple[Value, ...]
    outputs: tuple[Value, ...]
    operations: tuple[Operation, ...]
    constants: dict[str, np.ndarray | str]
    bounds: dict[str, Bound] = field(default_factory=dict)


def read(path: Path) -> Listing:
    """Read the function `main` of a package.

    Raises:
        BadArtifact: it is damaged, or no ML program.
        UnsupportedOp: it holds an operation that the interpreter lacks.
    """
    if not path.exists():
        raise BadArtifact(f"'{path}' cannot be read as a Core ML package: it does not exist")
    return _read(path, content_hash(path))


# A file and its twin are asked many things each, and reading one takes a second.
@lru_cache(maxsize=2)
def _read(path: Path, sha256: str) -> Listing:
    try:
        spec = coremltools.utils.load_spec(str(path))
    except (OSError, RuntimeError, ValueError, DecodeError) as error:
        raise BadArtifact(f"'{path}' cannot be read as a Core ML package: {error}") from error
    if spec.WhichOneof("Type") != "mlProgram" or set(spec.mlProgram.functions) != {"main"}:
        raise BadArtifact(f"'{path}' is not an ML program with the one function 'main'")
    _refuse_unknown(spec.mlProgram.functions["main"])
    try:
        program = milproto.load(
            spec, spec.specificationVersion, file_weights_dir=str(path / _WEIGHTS)
        )
    except (OSError, RuntimeError, ValueError, KeyError, AssertionError) as error:
        raise BadArtifact(f"the program in '{path}' cannot be read: {error}") from error
    return list_function(program.functions["main"])


def list_function(function: Any) -> Listing:
    """List a function of a program that coremltools holds in memory."""
    operations: list[Operation] = []
    constants: dict[str, np.ndarray | str] = {}
    bounds: dict[str, Bound] = {}
    for op in function.operations:
        if op.op_type == "const":
            constants[op.outputs[0].name] = _constant(op.outputs[0].val)
        elif op.op_type.startswith("constexpr_"):
            # Compressed weights, unpacked by coremltools' own reading of them.
            constants[op.outputs[0].name] = _constant(op.materialized_val_inference())
            bounds[op.outputs[0].name] = _bound(op)
        else:
            operations.append(_operation(op))
    return Listing(
        inputs=tuple(_value(var) for var in function.inputs.values()),
        outputs=tuple(_value(var) for var in function.outputs),
        operations=tuple(operations),
        constants=constants,
        bounds=bounds,
    )


def _bound(op: Any) -> Bound:
    """What the storage of compressed weights explains."""
    if op.op_type == "constexpr_lut_to_dense":
        return by_table(op.lut.val)
    if op.op_type == "constexpr_affine_dequantize":
        step = np.asarray(op.scale.val, np.float64)
        rank = np.ndim(op.quantized_data.val)
        if step.ndim:
            step = step.reshape([-1 if axis == op.axis.val else 1 for axis in range(rank)])
        return in_float16_steps(step)
    return as_float16  # Of another kind: no more than the numbers' own type explains.


def _operation(op: Any) -> Operation:
    inputs = {
        parameter: tuple(v.name for v in var) if isinstance(var, (list, tuple)) else var.name
        for parameter, var in op.inputs.items()
        if var is not None
    }
    return Operation(op.op_type, inputs, tuple(_value(var) for var in op.outputs))


def _value(var: Any) -> Value:
    dtype = _types.builtin_to_string(var.dtype)
    return Value(var.name, dtype, tuple(int(size) for size in var.shape))


def _constant(value: Any) -> np.ndarray | str:
    return value if isinstance(value, str) else np.asarray(value)


def _refuse_unknown(function: Any) -> None:
    """Look at the file itself, since coremltools fails on an operation that it does not know."""
    for op in function.block_specializations[function.opset].operations:
        if op.type == "const" or op.type.startswith("constexpr_") or op.type in OPERATIONS:
            continue
        name = op.outputs[0].name if op.outputs else "without a value"
        raise UnsupportedOp(
            f"the reference interpreter lacks the Core ML operation '{op.type}' (value '{name}'): "
            "please report it with the network's name"
        )
