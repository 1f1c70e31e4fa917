"""Every value of an `.onnx` file is there, in its order, though the runtime would fuse it away."""

import numpy as np
import pytest

pytestmark = pytest.mark.needs("onnx", "onnxruntime")


def test_all_values_come_in_order_under_their_names(write_onnx):
    from irrvit.export.onnx.trace import trace

    nodes = [
        ("Conv", ["image", "w"], ["conv"], {}),
        ("Relu", ["conv"], ["relu"], {}),
        ("Identity", ["relu"], ["logits"], {}),
    ]
    weights = np.array([[[[1.0]], [[-1.0]]]], np.float32)
    path = write_onnx(nodes, (1, 2, 1, 2), (1, 1, 1, 2), w=weights)
    pixels = np.array([[[[1.0, 5.0]], [[3.0, 2.0]]]], np.float32)
    values = dict(trace(path, pixels))
    assert list(values) == ["conv", "relu", "logits"]
    np.testing.assert_array_equal(values["conv"], [[[[-2.0, 3.0]]]])
    np.testing.assert_array_equal(values["relu"], [[[[0.0, 3.0]]]])
    np.testing.assert_array_equal(values["logits"], values["relu"])
