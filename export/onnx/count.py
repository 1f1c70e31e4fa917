"""What an `.onnx` file computes: its operations, and their multiply-accumulates."""

from __future__ import annotations

import math
from pathlib import Path

import onnx

from irrvit.export.errors import UnsupportedOp


def operations(path: Path) -> int:
    """Nodes of the graph."""
    graph = onnx.load(path, load_external_data=False).graph
    return sum(node.op_type != "Constant" for node in graph.node)


def macs(path: Path) -> int:
    """Convolutions, Gemm, MatMul and Einsum, from the shapes that onnx infers.

    Raises:
        UnsupportedOp: naming a node of which no shape is known.
    """
    graph = onnx.shape_inference.infer_shapes(onnx.load(path), data_prop=True).graph
    shapes = _Shapes({t.name: list(t.dims) for t in graph.initializer})
    for value in (*graph.input, *graph.value_info, *graph.output):
        tensor = value.type.tensor_type
        if tensor.HasField("shape") and all(d.HasField("dim_value") for d in tensor.shape.dim):
            shapes[value.name] = [d.dim_value for d in tensor.shape.dim]
    try:
        return sum(_node_macs(node, shapes) for node in graph.node)
    except _Unknown as error:
        raise UnsupportedOp(
            f"ONNX: the shape of '{error}' is not known, so its multiply-accumulates are not either"
        ) from error


class _Unknown(Exception):
    """A tensor whose shape onnx could not infer; its name."""


class _Shapes(dict[str, list[int]]):
    def __missing__(self, name: str) -> list[int]:
        raise _Unknown(name)


def _node_macs(node: onnx.NodeProto, shapes: dict[str, list[int]]) -> int:
    if node.op_type == "Conv":
        return math.prod(shapes[node.output[0]]) * math.prod(shapes[node.input[1]][1:])
    if node.op_type == "ConvTranspose":
        return math.prod(shapes[node.input[0]]) * math.prod(shapes[node.input[1]][1:])
    if node.op_type == "MatMul":
        return math.prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]
    if node.op_type == "Gemm":
        transposed = any(a.name == "transA" and a.i for a in node.attribute)
        return math.prod(shapes[node.output[0]]) * shapes[node.input[0]][0 if transposed else -1]
    if node.op_type == "Einsum":
        return _einsum_macs(node, shapes)
    return 0


def _einsum_macs(node: onnx.NodeProto, shapes: dict[str, list[int]]) -> int:
    """One product for each combination of all the letters; a sum of one operand has none."""
    equation = next(a.s.decode() for a in node.attribute if a.name == "equation")
    terms = equation.replace(" ", "").split("->")[0].split(",")
    if len(terms) < 2:
        return 0
    sizes: dict[str, int] = {}
    for term, name in zip(terms, node.input, strict=True):
        dims, letters = shapes[name], term.replace("...", "")
        batch = len(dims) - len(letters)
        named = [*term.partition("...")[0], *map(str, range(batch)), *term.partition("...")[2]]
        for letter, size in zip(named, dims, strict=True):
            sizes[letter] = max(size, sizes.get(letter, 1))
    return math.prod(sizes.values())
