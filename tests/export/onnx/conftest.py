"""Small `.onnx` files, made by hand."""

from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def write_onnx(tmp_path):
    """A function of nodes, constants and shapes: a file with `image` in and `logits` out."""
    onnx = pytest.importorskip("onnx")
    helper, numpy_helper = onnx.helper, onnx.numpy_helper

    def write(nodes, image, logits, output="logits", **constants):
        float32 = onnx.TensorProto.FLOAT
        graph = helper.make_graph(
            [helper.make_node(*node[:3], name=f"n{i}", **node[3]) for i, node in enumerate(nodes)],
            "net",
            [helper.make_tensor_value_info("image", float32, image)],
            [helper.make_tensor_value_info(output, float32, logits)],
            [numpy_helper.from_array(np.asarray(c, np.float32), n) for n, c in constants.items()],
        )
        opset = [helper.make_opsetid("", 18)]
        model = helper.make_model(graph, opset_imports=opset, ir_version=10)
        onnx.checker.check_model(model)
        path = tmp_path / "net.onnx"
        onnx.save(model, path)
        return path

    return write
