"""A large linear layer as a file: what a device does at best in a runtime, bar none."""

from __future__ import annotations

import numpy as np


def weights(size: int) -> np.ndarray:
    """The same (size, size) whenever and wherever they are made."""
    return np.random.default_rng(0).standard_normal((size, size), np.float32)


def tflite(size: int) -> bytes:
    """`image` (size, size) times constant weights -> `logits` (size, size)."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    matrix = weights(size)
    kind = schema.BuiltinOperator.FULLY_CONNECTED
    code = schema.OperatorCodeT(deprecatedBuiltinCode=kind, builtinCode=kind, version=1)
    layer = schema.OperatorT(
        inputs=[0, 1, -1],
        outputs=[2],
        builtinOptionsType=schema.BuiltinOptions.FullyConnectedOptions,
        builtinOptions=schema.FullyConnectedOptionsT(),
    )
    tensors = [
        schema.TensorT(shape=[size, size], type=schema.TensorType.FLOAT32, buffer=b, name=name)
        for name, b in (("image", 0), ("weights", 1), ("logits", 0))
    ]
    graph = schema.SubGraphT(tensors=tensors, inputs=[0], outputs=[2], operators=[layer])
    buffers = [schema.BufferT(), schema.BufferT(data=matrix.view(np.uint8).ravel())]
    model = schema.ModelT(version=3, operatorCodes=[code], subgraphs=[graph], buffers=buffers)
    builder = flatbuffers.Builder(matrix.nbytes + 4096)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def onnx(size: int) -> bytes:
    """The same as an ONNX file."""
    from onnx import TensorProto, helper, numpy_helper

    ends = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [size, size])
        for name in ("image", "logits")
    ]
    layer = helper.make_node("MatMul", ["image", "weights"], ["logits"])
    constant = numpy_helper.from_array(weights(size), "weights")
    graph = helper.make_graph([layer], "linear", ends[:1], ends[1:], [constant])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=10)
    return model.SerializeToString()
