"""The graph of a `.tflite` file: read, named after the network's modules, written and counted."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

KINDS = {
    value: name for name, value in vars(schema.BuiltinOperator).items() if isinstance(value, int)
}
_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "FULLY_CONNECTED", "TRANSPOSE_CONV")
_CLASS = re.compile(r"^_*[^_]+_")
_WRAPPED = "network"  # What wraps the network keeps it under this name.
_DATA_ALIGNMENT = 16  # The schema's; its Python writer does not know.

Shapes = tuple[list[list[int]], list[int]]


def read(content: bytes) -> Any:
    """Unpack a file; what it keeps behind its graph is taken into it."""
    model: Any = schema.ModelT.InitFromPackedBuf(content, 0)
    for buffer in model.buffers:
        if buffer.offset > 1:  # 0 and 1 stand for "in the graph".
            data = np.frombuffer(content, np.uint8, buffer.size, buffer.offset)
            buffer.data, buffer.offset, buffer.size = data, 0, 0
    return model


def write(model: Any) -> bytes:
    """Pack a file, equal vectors and names once: zero points, shapes, the names of modules."""
    builder = _SharingBuilder(1 << 20)
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


class _SharingBuilder(flatbuffers.Builder):
    def __init__(self, size: int):
        super().__init__(size)
        self._written: dict[tuple[str, bytes], int] = {}

    def CreateNumpyVector(self, x: np.ndarray) -> int:  # noqa: N802
        key = (x.dtype.str, x.tobytes())
        if key not in self._written:
            if x.itemsize == 1:
                self.Prep(_DATA_ALIGNMENT, x.nbytes)
            self._written[key] = super().CreateNumpyVector(x)
        return self._written[key]

    def CreateString(self, s: str | bytes, encoding: str = "utf-8", errors: str = "strict") -> int:  # noqa: N802
        text = s if isinstance(s, bytes) else s.encode(encoding, errors)
        key = ("text", text)
        if key not in self._written:
            self._written[key] = super().CreateString(text)
        return self._written[key]


def tidied(content: bytes) -> bytes:
    """The same file with short names and nothing twice."""
    model = read(content)
    name_after_modules(model)
    return write(model)


def kind(model: Any, operator: Any) -> str:
    """What an operator is, as "CONV_2D"."""
    code = model.operatorCodes[operator.opcodeIndex]
    return KINDS[max(code.builtinCode, code.deprecatedBuiltinCode)]


def is_constant(model: Any, tensor: Any) -> bool:
    data = model.buffers[tensor.buffer].data
    return data is not None and len(data) > 0


def is_quantized_constant(model: Any, tensor: Any) -> bool:
    """Whether a tensor holds constant numbers in steps."""
    scales = None if tensor.quantization is None else tensor.quantization.scale
    return scales is not None and len(scales) > 0 and is_constant(model, tensor)


def floats(model: Any, index: int) -> np.ndarray:
    """The numbers of a float32 constant, in its shape."""
    tensor = model.subgraphs[0].tensors[index]
    data = np.asarray(model.buffers[tensor.buffer].data, np.uint8)
    return data.view(np.float32).reshape(() if tensor.shape is None else tensor.shape)


def put(model: Any, tensor: Any, values: np.ndarray) -> None:
    """Give a tensor a buffer of its own with these numbers; its type is left to the caller."""
    buffer: Any = schema.BufferT()
    buffer.data = np.ascontiguousarray(values).reshape(-1).view(np.uint8)
    model.buffers.append(buffer)
    tensor.buffer = len(model.buffers) - 1


def numbered(name: bytes) -> int:
    """The place that a name such as t17, or t17_quantized, stands for."""
    found = re.match(rb"t(\d+)", name)
    assert found is not None, name
    return int(found[1])


def name_after_modules(model: Any) -> None:
    """Call every tensor `/` and the module that makes it, as in `/blocks.0.attention.q`.

    The converter's own names list the classes of all modules around: up to a fifth of a small file.
    What is called so already keeps its name, and the file's input and output keep theirs.
    """
    graph = model.subgraphs[0]
    kept = {*map(int, graph.inputs), *map(int, graph.outputs)}
    names = {i: module_name(tensor.name.decode()) for i, tensor in enumerate(graph.tensors)}
    for operator in graph.operators:
        if kind(model, operator) in _WEIGHTED:
            # Weights know whose they are, or at least the module around it. An output may be called
            # after an activation that became part of the layer; of its names the last is the layer.
            weights, output = int(operator.inputs[1]), int(operator.outputs[0])
            last = module_name(graph.tensors[output].name.decode().rpartition(";;")[2])
            is_deeper = last.startswith(names[weights])
            names[weights] = names[output] = last if is_deeper else names[weights]
    for i in names.keys() - kept:
        graph.tensors[i].name = names[i].encode()


def module_name(name: str) -> str:
    """`a.Wrapper/b.Net_network/c.Sequential_stem/d.Conv2d_0;1` -> `/stem.0`.

    Of several names with ";;" between them, which the converter made one operation of, the first
    is where its output comes from.
    """
    if name.startswith("/"):
        return name
    root, *inner = name.partition(";")[0].split("/")
    if not inner or "." not in root:
        return ""
    parts = [_CLASS.sub("", part.rpartition(".")[2]) for part in inner]
    while parts and parts[0] == _WRAPPED:
        parts.pop(0)
    return "/" + ".".join(parts)


def operators(model: Any) -> Iterator[tuple[str, Shapes]]:
    """Each operator's kind, and the shapes of its inputs and of its first output."""
    graph = model.subgraphs[0]
    for operator in graph.operators:
        inputs = [_shape(graph.tensors[i]) for i in operator.inputs if i >= 0]
        yield kind(model, operator), (inputs, _shape(graph.tensors[operator.outputs[0]]))


def _shape(tensor: Any) -> list[int]:
    return [] if tensor.shape is None else [int(size) for size in tensor.shape]


def macs(content: bytes) -> int:
    """Convolutions, fully connected layers and batched matrix products, from the file's shapes."""
    return sum(operator_macs(kind, shapes) for kind, shapes in operators(read(content)))


def operation_count(content: bytes) -> int:
    """Operators of the graph; a DEQUANTIZE of a weight is none, it is undone at load."""
    return sum(kind != "DEQUANTIZE" for kind, _ in operators(read(content)))


def operator_macs(kind: str, shapes: Shapes) -> int:
    """Multiply-accumulates of one operator."""
    inputs, output = shapes
    if kind == "CONV_2D":  # weights (out, h, w, in / groups)
        return math.prod(output) * math.prod(inputs[1][1:])
    if kind == "DEPTHWISE_CONV_2D":  # weights (1, h, w, out)
        return math.prod(output) * math.prod(inputs[1][1:3])
    if kind == "TRANSPOSE_CONV":  # inputs: output shape, weights (out, h, w, in), picture
        return math.prod(inputs[2]) * math.prod(inputs[1][:3])
    if kind == "FULLY_CONNECTED":  # weights (out, in)
        return math.prod(output) * inputs[1][-1]
    if kind == "BATCH_MATMUL":
        # Either side may be transposed: |A| |B| / |C| is the reduced length squared, batches aside.
        batch = math.prod(output[:-2])
        left, right = math.prod(inputs[0][-2:]), math.prod(inputs[1][-2:])
        return batch * math.isqrt(left * right * math.prod(output[-2:]))
    return 0
