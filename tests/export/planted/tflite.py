"""Single faults in a `.tflite` file."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert import schema_py_generated as schema

from irrvit.export.tflite import graph

_NONE, _RELU = schema.ActivationFunctionType.NONE, schema.ActivationFunctionType.RELU
_TYPES = {
    schema.TensorType.FLOAT32: np.float32,
    schema.TensorType.FLOAT16: np.float16,
    schema.TensorType.INT8: np.int8,
}


def faults(path: Path, chance: random.Random) -> Iterator[tuple[str, Callable[[], bytes]]]:
    """Name each fault that the file can have, and how it is made; shuffled."""
    model = graph.read(path.read_bytes())
    found = [*_operators(model), *_numbers(model, chance)]
    chance.shuffle(found)
    for name, plant in found:
        yield name, lambda plant=plant: _with(path, plant)


def _with(path: Path, plant: Callable[[Any], None]) -> bytes:
    model = graph.read(path.read_bytes())
    plant(model)
    return graph.write(model)


def _operators(model: Any) -> Iterator[tuple[str, Callable[[Any], None]]]:
    for i, operator in enumerate(model.subgraphs[0].operators):
        kind, options = graph.kind(model, operator), operator.builtinOptions

        def edit(change: Callable[[Any], None], i: int = i) -> Callable[[Any], None]:
            return lambda m: change(m.subgraphs[0].operators[i])

        if kind in ("SUB", "DIV"):
            yield f"operands of {kind} {i} swapped", edit(_swap)
        if getattr(options, "fusedActivationFunction", _NONE) == _RELU:
            yield f"activation of {kind} {i} lost", edit(_without_activation)
        elif kind in ("CONV_2D", "ADD") and options is not None:
            yield f"activation of {kind} {i} invented", edit(_with_activation)
        if kind == "SOFTMAX":
            yield f"beta of SOFTMAX {i} is 0.9", edit(_less_beta)
        if kind in ("CONV_2D", "DEPTHWISE_CONV_2D") and _is_wide(model, operator):
            yield f"padding of {kind} {i}", edit(_other_padding)
        if kind in ("BATCH_MATMUL",) and _is_square(model, operator):
            yield f"operand of {kind} {i} turned", edit(_turn)


def _swap(operator: Any) -> None:
    operator.inputs = list(operator.inputs)[::-1]


def _without_activation(operator: Any) -> None:
    operator.builtinOptions.fusedActivationFunction = _NONE


def _with_activation(operator: Any) -> None:
    operator.builtinOptions.fusedActivationFunction = _RELU


def _less_beta(operator: Any) -> None:
    operator.builtinOptions.beta *= 0.9


def _other_padding(operator: Any) -> None:
    operator.builtinOptions.padding = 1 - operator.builtinOptions.padding


def _turn(operator: Any) -> None:
    operator.builtinOptions.adjY = not operator.builtinOptions.adjY


def _is_wide(model: Any, operator: Any) -> bool:
    """Only where the output keeps its size is the other kind of padding a file that still opens."""
    weights = model.subgraphs[0].tensors[operator.inputs[1]].shape
    return False if weights is None else max(weights[1:3]) == 0


def _is_square(model: Any, operator: Any) -> bool:
    shape = model.subgraphs[0].tensors[operator.inputs[1]].shape
    return shape[-1] == shape[-2]


def _numbers(model: Any, chance: random.Random) -> Iterator[tuple[str, Callable[[Any], None]]]:
    """One number of a constant by 5 %: of 8 bits, by as many steps; epsilons and factors too."""
    tensors = model.subgraphs[0].tensors
    for i, tensor in enumerate(tensors):
        if not graph.is_constant(model, tensor) or tensor.type not in _TYPES:
            continue
        values = model.buffers[tensor.buffer].data.view(_TYPES[tensor.type])
        largest = np.argsort(-np.abs(values.astype(np.float64)))[: max(1, values.size // 2)]
        at = int(chance.choice(largest.tolist()))
        if not values[at]:
            continue

        def perturb(m: Any, i: int = i, at: int = at) -> None:
            tensor = m.subgraphs[0].tensors[i]
            held = m.buffers[tensor.buffer].data.view(_TYPES[tensor.type]).copy()
            moved = float(held[at]) * 1.05
            if held.dtype == np.int8:
                moved = held[at] - (np.sign(int(held[at])) * max(2, round(abs(held[at]) * 0.05)))
            held[at] = moved
            graph.put(m, tensor, held)

        yield f"a number of tensor {i} by 5 %", perturb
