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
    schema = pytest.importorskip("ai_edge_litert.schema_py_generated")
    from irrvit.export.tflite import graph

    def write(*operations, names=("image", "logits"), shape=(1, 2, 2, 3)):
        model: Any = schema.ModelT()
        subgraph: Any = schema.SubGraphT()
        subgraph.tensors, subgraph.operators = [], []
        model.version, model.subgraphs = 3, [subgraph]
        model.buffers, model.operatorCodes = [schema.BufferT()], []

        def tensor(name, size, buffer=0):
            made: Any = schema.TensorT()
            made.name, made.shape, made.buffer = name.encode(), np.array(size, np.int32), buffer
            made.type = schema.TensorType.FLOAT32
            subgraph.tensors.append(made)
            return len(subgraph.tensors) - 1

        def constant(values):
            made: Any = schema.BufferT()
            made.data = np.asarray(values, np.float32).view(np.uint8).ravel()
            model.buffers.append(made)
            return tensor("constant", np.shape(values), len(model.buffers) - 1)

        first = last = tensor("serving_default_image", shape)
        for kind, *values in operations:
            code: Any = schema.OperatorCodeT()
            code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, kind)
            code.version = 1
            model.operatorCodes.append(code)
            inputs = [last, *map(constant, values)]
            if kind == "FULLY_CONNECTED":
                shape = (*shape[:-1], np.shape(values[0])[0])
                inputs.append(-1)
            last = tensor(f"/{kind.lower()}", shape)
            operator: Any = schema.OperatorT()
            operator.opcodeIndex = len(model.operatorCodes) - 1
            operator.inputs = np.array(inputs, np.int32)
            operator.outputs = np.array([last], np.int32)
            _set_options(schema, operator, kind)
            subgraph.operators.append(operator)
        subgraph.inputs = np.array([first], np.int32)
        subgraph.outputs = np.array([last], np.int32)
        model.signatureDefs = [_signature(schema, names, (first, last))]
        path = tmp_path / "net.tflite"
        path.write_bytes(graph.write(model))
        return path

    return write


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
