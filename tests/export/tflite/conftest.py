"""A small `.tflite` file, made by hand: no converter takes part."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


@pytest.fixture
def write_tflite(tmp_path):
    """A function of operations in a row, each a kind and the constant that it takes: a file.

    An operation keeps the shape of `image`, but for a layer, which changes the last axis.
    """
    pytest.importorskip("ai_edge_litert")

    def write(*operations, names=("image", "logits"), shape=(1, 2, 2, 3)):
        from irrvit.export.tflite import graph

        path = tmp_path / "net.tflite"
        path.write_bytes(graph.write(_model(operations, names, shape)))
        return path

    return write


def _model(operations, names, shape):
    from ai_edge_litert import schema_py_generated as schema

    made = _Graph(schema)
    first = last = made.tensor("serving_default_image", shape)
    for kind, *values in operations:
        constants = [made.constant(value) for value in values]
        if kind == "FULLY_CONNECTED":
            shape = (*shape[:-1], np.shape(values[0])[0])
            if len(values) == 1:
                constants.append(-1)  # No bias.
        output = made.tensor(f"/{kind.lower()}", shape)
        made.operate(kind, [last, *constants], output)
        last = output
    made.graph.inputs, made.graph.outputs = np.array([first], np.int32), np.array([last], np.int32)
    made.model.signatureDefs = [_signature(schema, names, (first, last))]
    return made.model


class _Graph:
    """A model of one graph that grows."""

    def __init__(self, schema):
        self._schema = schema
        self.model: Any = schema.ModelT()
        self.graph: Any = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.model.version, self.model.subgraphs = 3, [self.graph]
        self.model.buffers, self.model.operatorCodes = [schema.BufferT()], []

    def tensor(self, name, size, buffer=0):
        made: Any = self._schema.TensorT()
        made.name, made.shape, made.buffer = name.encode(), np.array(size, np.int32), buffer
        made.type = self._schema.TensorType.FLOAT32
        self.graph.tensors.append(made)
        return len(self.graph.tensors) - 1

    def constant(self, values):
        made: Any = self._schema.BufferT()
        made.data = np.asarray(values, np.float32).view(np.uint8).ravel()
        self.model.buffers.append(made)
        return self.tensor("constant", np.shape(values), len(self.model.buffers) - 1)

    def operate(self, kind, inputs, output):
        code: Any = self._schema.OperatorCodeT()
        code.builtinCode = getattr(self._schema.BuiltinOperator, kind)
        code.deprecatedBuiltinCode = min(code.builtinCode, 127)  # All that it has room for.
        code.version = 1
        self.model.operatorCodes.append(code)
        operator: Any = self._schema.OperatorT()
        operator.opcodeIndex = len(self.model.operatorCodes) - 1
        operator.inputs = np.array(inputs, np.int32)
        operator.outputs = np.array([output], np.int32)
        _set_options(self._schema, operator, kind)
        self.graph.operators.append(operator)


def _set_options(schema, operator, kind):
    if kind == "FULLY_CONNECTED":
        operator.builtinOptionsType = schema.BuiltinOptions.FullyConnectedOptions
        operator.builtinOptions = schema.FullyConnectedOptionsT()
        operator.builtinOptions.keepNumDims = True
    elif kind == "ADD":
        operator.builtinOptionsType = schema.BuiltinOptions.AddOptions
        operator.builtinOptions = schema.AddOptionsT()


def _signature(schema, names, indices):
    signature: Any = schema.SignatureDefT()
    signature.signatureKey = b"serving_default"
    maps: list[Any] = []
    for name, index in zip(names, indices, strict=True):
        made: Any = schema.TensorMapT()
        made.name, made.tensorIndex = name.encode(), index
        maps.append(made)
    signature.inputs, signature.outputs = maps[:1], maps[1:]
    return signature
