"""A file whose input is bytes, as a fully quantized one's is, gets and gives the same as others."""

import numpy as np
import pytest

from irrvit.benchmark.worker.runtimes import onnxruntime

PIXELS = np.array([[0, 10, 12, 255]], np.float32)


def onnx_of_bytes():
    """uint8 pixels as floats."""
    from onnx import TensorProto, helper

    ends = [
        helper.make_tensor_value_info("image", TensorProto.UINT8, [1, 4]),
        helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, 4]),
    ]
    cast = helper.make_node("Cast", ["image"], ["logits"], to=TensorProto.FLOAT)
    graph = helper.make_graph([cast], "bytes", ends[:1], ends[1:])
    opset = [helper.make_opsetid("", 18)]
    return helper.make_model(graph, opset_imports=opset, ir_version=10).SerializeToString()


@pytest.mark.needs("onnx", "onnxruntime")
def test_an_onnx_file_of_bytes_takes_bytes(tmp_path):
    (tmp_path / "bytes.onnx").write_bytes(onnx_of_bytes())
    runtime = onnxruntime.load(str(tmp_path / "bytes.onnx"), 1)
    runtime.set(PIXELS)
    np.testing.assert_array_equal(runtime.logits(), PIXELS[0])
