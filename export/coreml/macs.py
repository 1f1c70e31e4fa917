"""Multiply-accumulates of a program, counted from the shapes of what it really does."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from irrvit.export.coreml.ops.values import Operation
from irrvit.export.coreml.program import MilProgram

_Shape = tuple[int, ...]


def count(program: MilProgram) -> int:
    """Multiply-accumulates of convolutions, linear layers and matrix products."""
    shapes: dict[str, _Shape] = {value.name: value.shape for value in program.inputs}
    shapes |= {
        name: value.shape for name, value in program.constants.items() if not isinstance(value, str)
    }
    total = 0
    for operation in program.operations():
        shapes |= {value.name: value.shape for value in operation.outputs}
        counter = _COUNTERS.get(operation.kind)
        total += counter(program, operation, shapes) if counter else 0
    return total


def _of(operation: Operation, parameter: str, shapes: Mapping[str, _Shape]) -> _Shape:
    name = operation.inputs[parameter]
    assert isinstance(name, str)
    return shapes[name]


def _conv(program: MilProgram, operation: Operation, shapes: Mapping[str, _Shape]) -> int:
    """Each output is a sum over a kernel (C_in / groups, *K)."""
    kernel = _of(operation, "weight", shapes)[1:]
    return math.prod(operation.outputs[0].shape) * math.prod(kernel)


def _conv_transpose(program: MilProgram, operation: Operation, shapes: Mapping[str, _Shape]) -> int:
    """Each input is spread by a kernel (C_out / groups, *K)."""
    kernel = _of(operation, "weight", shapes)[1:]
    return math.prod(_of(operation, "x", shapes)) * math.prod(kernel)


def _linear(program: MilProgram, operation: Operation, shapes: Mapping[str, _Shape]) -> int:
    return math.prod(operation.outputs[0].shape) * _of(operation, "weight", shapes)[1]


def _matmul(program: MilProgram, operation: Operation, shapes: Mapping[str, _Shape]) -> int:
    x = _of(operation, "x", shapes)
    transposed = operation.inputs["transpose_x"]
    is_transposed = isinstance(transposed, str) and bool(program.constants[transposed])
    inner = x[len(x) - 2 if is_transposed and len(x) > 1 else len(x) - 1]
    return math.prod(operation.outputs[0].shape) * inner


def _einsum(program: MilProgram, operation: Operation, shapes: Mapping[str, _Shape]) -> int:
    """One product per combination of all the letters."""
    names, equation = operation.inputs["values"], operation.inputs["equation"]
    assert isinstance(names, tuple)
    assert isinstance(equation, str)
    letters = str(program.constants[equation]).replace(" ", "").split("->")[0].split(",")
    sizes: dict[str, int] = {}
    for term, name in zip(letters, names, strict=True):
        for letter, size in zip(term, shapes[name], strict=True):
            sizes[letter] = max(size, sizes.get(letter, 1))
    return math.prod(sizes.values())


def _attention(program: MilProgram, operation: Operation, shapes: Mapping[str, _Shape]) -> int:
    """Queries times keys, and the result times values."""
    query, key = _of(operation, "query", shapes), _of(operation, "key", shapes)
    value = _of(operation, "value", shapes)
    pairs = math.prod(operation.outputs[0].shape[:-2]) * query[-2] * key[-2]
    return pairs * (query[-1] + value[-1])


_COUNTERS: Mapping[str, Callable[[MilProgram, Operation, Mapping[str, _Shape]], int]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "einsum": _einsum,
    "linear": _linear,
    "matmul": _matmul,
    "scaled_dot_product_attention": _attention,
}
