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
    """Convolutions, Gemm and MatMul, from the shapes that onnx infers."""
    graph = onnx.shape_inference.infer_shapes(onnx.load(path), data_prop=True).graph
    shapes: dict[str, list[int]] = {t.name: list(t.dims) for t in graph.initializer}
    for value in (*graph.input, *graph.value_info, *graph.output):
        shapes[value.name] = [d.dim_value for d in value.type.tensor_type.shape.dim]
    return sum(_node_macs(node, shapes) for node in graph.node)


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
        raise UnsupportedOp(f"ONNX: cannot count the multiply-accumulates of Einsum '{node.name}'")
    return 0
