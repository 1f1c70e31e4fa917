"""An `.onnx` model in float32 arithmetic, with the numbers as they are stored.

A float16 model loses its types, a quantized one its pairs of quantize and dequantize nodes. The
range of a pair may stand for an activation that the quantizer took away: the twin has it still.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, numpy_helper

from irrvit.export.onnx.runner import OnnxRunner
from irrvit.export.pixels import Outputs
from irrvit.export.proof.storage import Bound, Range, Stored, as_float16, exactly, in_steps

_OF_DEQUANTIZER = "_DequantizeLinear_Output"
_ACTIVATIONS = ("Relu", "Clip")  # What onnxruntime's quantizer takes away.


class OnnxFloatGraph:
    """See `irrvit.export.proof.meaning.FloatGraph`.

    Attributes:
        ranges: of the values that the file holds in 8 bits, by name.
    """

    def __init__(self, path: Path, twin: Path | None = None):
        """Read a model; `twin` is the float32 one of the same conversion, unless this is it."""
        self._content = path.read_bytes()
        self._model = onnx.load_from_string(self._content)
        graph = self._model.graph
        stored = _widen(graph)
        dequantized, self.ranges = _remove_quantization(graph)
        if twin is not None:
            _restore_activations(graph, onnx.load(twin).graph, self.ranges)
        used = {name for node in graph.node for name in node.input}
        kept = [tensor for tensor in graph.initializer if tensor.name in used]
        del graph.initializer[:], graph.value_info[:]
        graph.initializer.extend(kept)
        bounds = dict.fromkeys(stored, as_float16) | dequantized
        self.constants: Mapping[str, Stored] = {
            tensor.name: Stored(numpy_helper.to_array(tensor), bounds.get(tensor.name, exactly))
            for tensor in kept
            if tensor.data_type == TensorProto.FLOAT
        }

    def run(self, pixels: np.ndarray, constants: Mapping[str, Stored] | None = None) -> Outputs:
        """See `FloatGraph.run`."""
        model = ModelProto()
        model.CopyFrom(self._model)
        for tensor in model.graph.initializer:
            if constants is not None and tensor.name in constants:
                values = constants[tensor.name].values
                tensor.CopyFrom(numpy_helper.from_array(values, tensor.name))
        return OnnxRunner(model.SerializeToString()).run(pixels)

    def run_rounded(self, pixels: np.ndarray) -> Outputs:
        """As `run`, but every value that the file holds in few bits is rounded as it says.

        Without its optimizations onnxruntime computes each operation in float32 between a
        dequantizing and a quantizing one, as the file has them.
        """
        return OnnxRunner(self._content, optimize=False).run(pixels)

    def observe(self, pixels: np.ndarray) -> Mapping[str, tuple[float, float]]:
        """See `FloatGraph.observe`."""
        model = ModelProto()
        model.CopyFrom(self._model)
        known = {output.name for output in model.graph.output}
        names = list(self.ranges)
        model.graph.output.extend(
            onnx.ValueInfoProto(name=name) for name in names if name not in known
        )
        session = OnnxRunner(model.SerializeToString()).session
        seen = dict.fromkeys(names, (np.inf, -np.inf))
        for picture in np.ascontiguousarray(pixels, np.float32):
            values = map(np.asarray, session.run(names, {"image": picture[None]}))
            for name, value in zip(names, values, strict=True):
                low, high = seen[name]
                seen[name] = min(low, float(value.min())), max(high, float(value.max()))
        return seen


def _widen(graph: GraphProto) -> list[str]:
    """Make every float16 of a graph a float32, and name the constants that were one."""
    stored = [t.name for t in graph.initializer if t.data_type == TensorProto.FLOAT16]
    for tensor in graph.initializer:
        _to_float32(tensor)
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == AttributeProto.TENSOR:
                _to_float32(attribute.t)
            if node.op_type == "Cast" and attribute.i == TensorProto.FLOAT16:
                attribute.i = TensorProto.FLOAT
    return stored


def _to_float32(tensor: TensorProto) -> None:
    if tensor.data_type == TensorProto.FLOAT16:
        wide = numpy_helper.to_array(tensor).astype(np.float32)
        tensor.CopyFrom(numpy_helper.from_array(wide, tensor.name))


def _remove_quantization(graph: GraphProto) -> tuple[dict[str, Bound], dict[str, Range]]:
    """Take the quantizer's nodes out of a graph.

    Returns:
        What the storage of the constants that it held in fewer bits explains, and the ranges of
        the values that it quantizes.
    """
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    bounds: dict[str, Bound] = {}
    ranges: dict[str, Range] = {}
    stands_for: dict[str, str] = {}
    kept = []
    for node in graph.node:
        source = stands_for.get(node.input[0], node.input[0]) if node.input else ""
        if node.op_type == "QuantizeLinear":
            stands_for[node.output[0]] = source
            ranges[source] = _range(*(constants[name] for name in node.input[1:3]))
        elif node.op_type == "DequantizeLinear" and source in constants:
            name = node.output[0].removesuffix(_OF_DEQUANTIZER)
            stands_for[node.output[0]] = name
            values, step = _dequantized(node, constants)
            graph.initializer.append(numpy_helper.from_array(values, name))
            bounds[name] = in_steps(step)
        elif node.op_type == "DequantizeLinear":
            stands_for[node.output[0]] = source
        else:
            kept.append(node)
    for node in kept:
        for i, name in enumerate(node.input):
            node.input[i] = stands_for.get(name, name)
    _name_outputs(graph, kept, stands_for)
    del graph.node[:]
    graph.node.extend(kept)
    return bounds, ranges


def _name_outputs(graph: GraphProto, nodes: list[NodeProto], stands_for: dict[str, str]) -> None:
    """Where an output came from a dequantizer, what it read is the output now."""
    for output in (value.name for value in graph.output):
        inner = stands_for.get(output, output)
        if inner != output:
            nodes.append(onnx.helper.make_node("Identity", [inner], [output]))


def _range(step: np.ndarray, zero: np.ndarray) -> Range:
    least, most = np.iinfo(zero.dtype).min, np.iinfo(zero.dtype).max
    size, middle = float(step), int(zero)
    return Range((least - middle) * size, (most - middle) * size, size)


def _dequantized(
    node: NodeProto, constants: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The numbers that a constant stands for, and the size of its steps."""
    quantized = constants[node.input[0]].astype(np.float64)
    step, zero = (constants[name].astype(np.float64) for name in node.input[1:3])
    axis = next((a.i for a in node.attribute if a.name == "axis"), 1)
    shape = [-1 if i == axis else 1 for i in range(quantized.ndim)] if step.size > 1 else []
    step, zero = step.reshape(shape), zero.reshape(shape)
    return ((quantized - zero) * step).astype(np.float32), step


def _restore_activations(graph: GraphProto, twin: GraphProto, ranges: Mapping[str, Range]) -> None:
    """Put an activation back where the range of its value stands for it, and only there.

    What came before it was given the name of its value.
    """
    known = {node.name for node in graph.node}
    names = {tensor.name for tensor in graph.initializer}
    constants = {tensor.name: tensor for tensor in twin.initializer}
    for node in twin.node:
        is_lost = node.op_type in _ACTIVATIONS and node.name not in known
        if not is_lost or not _stands_for(ranges.get(node.output[0]), node, constants):
            continue
        maker, slot = next(
            (number, slot)
            for number, other in enumerate(graph.node)
            for slot, name in enumerate(other.output)
            if name == node.output[0]
        )
        graph.node[maker].output[slot] = node.input[0]
        graph.node.insert(maker + 1, node)
        missing = [name for name in node.input[1:] if name in constants and name not in names]
        graph.initializer.extend(constants[name] for name in missing)
        names.update(missing)


def _stands_for(held: Range | None, node: NodeProto, constants: Mapping[str, TensorProto]) -> bool:
    """Whether values of this range are what the activation makes of any."""
    if held is None:
        return False
    if node.op_type == "Relu":
        return held.low >= 0.0
    low, high = (float(numpy_helper.to_array(constants[name])) for name in node.input[1:3])
    return held.low >= low and held.high <= high + held.step / 2
