"""A file whose input is bytes, as a fully quantized one's is, gets and gives the same as others."""

import numpy as np
import pytest

from irrvit.benchmark.worker.runtimes import litert

PIXELS = np.array([[0, 10, 12, 255]], np.float32)
SCALE, ZERO = 0.5, 10


def tflite_of_bytes():
    """uint8 pixels, reshaped; the output means 0.5 x (value - 10)."""
    import flatbuffers
    from ai_edge_litert import schema_py_generated as schema

    kind = schema.BuiltinOperator.RESHAPE
    code = schema.OperatorCodeT(deprecatedBuiltinCode=kind, builtinCode=kind, version=1)
    reshape = schema.OperatorT(
        inputs=[0, 1],
        outputs=[2],
        builtinOptionsType=schema.BuiltinOptions.ReshapeOptions,
        builtinOptions=schema.ReshapeOptionsT(newShape=[1, 4]),
    )
    meaning = {"scale": [SCALE], "zeroPoint": [ZERO]}
    byte = schema.TensorType.UINT8
    tensors = [
        schema.TensorT(shape=[1, 4], type=byte, buffer=0, name="image"),
        schema.TensorT(shape=[2], type=schema.TensorType.INT32, buffer=1, name="shape"),
        schema.TensorT(shape=[1, 4], type=byte, buffer=0, name="logits"),
    ]
    tensors[0].quantization = schema.QuantizationParametersT(**meaning)
    tensors[2].quantization = schema.QuantizationParametersT(**meaning)
    graph = schema.SubGraphT(tensors=tensors, inputs=[0], outputs=[2], operators=[reshape])
    buffers = [
        schema.BufferT(),
        schema.BufferT(data=np.array([1, 4], np.int32).view(np.uint8)),
    ]
    model = schema.ModelT(version=3, operatorCodes=[code], subgraphs=[graph], buffers=buffers)
    builder = flatbuffers.Builder(1024)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


@pytest.mark.needs("ai_edge_litert")
def test_a_quantized_tflite_file_takes_bytes_and_says_what_its_output_means(tmp_path):
    (tmp_path / "bytes.tflite").write_bytes(tflite_of_bytes())
    runtime = litert.load(str(tmp_path / "bytes.tflite"), 1)
    runtime.set(PIXELS)
    np.testing.assert_array_equal(runtime.logits(), (SCALE * (PIXELS - ZERO))[0])
