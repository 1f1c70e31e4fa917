"""Single faults in an `.onnx` file."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import ModelProto, helper, numpy_helper

_OTHER = {"Relu": "Sigmoid", "Sigmoid": "Tanh", "Erf": "Tanh", "HardSigmoid": "Sigmoid"}
_QUANTIZED = ("_scale", "_zero_point")


def faults(path: Path, chance: random.Random) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Name each fault that the file can have, and how it is made; shuffled."""
    model = onnx.load(path)
    found = [*_operands(model), *_activations(model), *_attributes(model), *_numbers(model, chance)]
    chance.shuffle(found)
    for name, plant in found:
        yield name, lambda plant=plant: _with(path, plant)


def _with(path: Path, plant: Callable[[ModelProto], None]) -> bytes:
    model = onnx.load(path)
    plant(model)
    return model.SerializeToString()


def _operands(model: ModelProto) -> Iterator[tuple[str, Callable[[ModelProto], None]]]:
    for i, node in enumerate(model.graph.node):
        if node.op_type in ("Sub", "Div"):

            def swap(m: ModelProto, i: int = i) -> None:
                first, second = m.graph.node[i].input[:2]
                m.graph.node[i].input[0], m.graph.node[i].input[1] = second, first

            yield f"operands of {node.op_type} {i} swapped", swap
        if node.op_type == "Add":

            def subtract(m: ModelProto, i: int = i) -> None:
                m.graph.node[i].op_type = "Sub"

            yield f"Add {i} subtracts", subtract


def _activations(model: ModelProto) -> Iterator[tuple[str, Callable[[ModelProto], None]]]:
    for i, node in enumerate(model.graph.node):
        if node.op_type in _OTHER:

            def change(m: ModelProto, i: int = i) -> None:
                m.graph.node[i].op_type = _OTHER[m.graph.node[i].op_type]
                del m.graph.node[i].attribute[:]

            yield f"{node.op_type} {i} is another activation", change


def _attributes(model: ModelProto) -> Iterator[tuple[str, Callable[[ModelProto], None]]]:
    for i, node in enumerate(model.graph.node):
        named = {a.name: a for a in node.attribute}
        if "epsilon" in named:

            def epsilon(m: ModelProto, i: int = i) -> None:
                _attribute(m, i, "epsilon").f *= 100

            yield f"epsilon of {node.op_type} {i} times 100", epsilon
        if node.op_type == "Softmax":

            def axis(m: ModelProto, i: int = i) -> None:
                kept = [a for a in m.graph.node[i].attribute if a.name != "axis"]
                del m.graph.node[i].attribute[:]
                m.graph.node[i].attribute.extend([*kept, helper.make_attribute("axis", -2)])

            yield f"axis of Softmax {i}", axis
        if node.op_type == "Conv" and "pads" in named and sum(named["pads"].ints):

            def pads(m: ModelProto, i: int = i) -> None:
                top, left, bottom, right = _attribute(m, i, "pads").ints
                del _attribute(m, i, "pads").ints[:]
                _attribute(m, i, "pads").ints.extend([top + 1, left, max(bottom - 1, 0), right])

            if named["pads"].ints[2]:
                yield f"padding of Conv {i} moved", pads


def _attribute(model: ModelProto, node: int, name: str) -> onnx.AttributeProto:
    return next(a for a in model.graph.node[node].attribute if a.name == name)


def _numbers(
    model: ModelProto, chance: random.Random
) -> Iterator[tuple[str, Callable[[ModelProto], None]]]:
    """One number of a constant by 5 %: of 8 bits, by as many steps; of a scalar, all of it."""
    for i, tensor in enumerate(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        is_number = values.dtype.kind == "f" or values.dtype == np.int8
        if not is_number or tensor.name.endswith(_QUANTIZED) or not values.size:
            continue
        largest = np.argsort(-np.abs(values.astype(np.float64)).ravel())[: max(1, values.size // 2)]
        at = int(chance.choice(largest.tolist()))
        if not values.ravel()[at]:
            continue

        def perturb(m: ModelProto, i: int = i, at: int = at) -> None:
            held = numpy_helper.to_array(m.graph.initializer[i]).copy()
            flat = held.reshape(-1)
            moved = float(flat[at]) * 1.05
            if held.dtype == np.int8:
                moved = flat[at] - (np.sign(int(flat[at])) * max(2, round(abs(flat[at]) * 0.05)))
            flat[at] = moved
            tensor = numpy_helper.from_array(held, m.graph.initializer[i].name)
            m.graph.initializer[i].CopyFrom(tensor)

        yield f"a number of {tensor.name} by 5 %", perturb
