"""Every value of a `.tflite` file is there, in its order, though XNNPACK would hide it."""

import numpy as np
import pytest

pytestmark = pytest.mark.needs("ai_edge_litert")


def test_all_values_come_in_order_under_their_names(write_tflite):
    from irrvit.export.tflite.trace import trace

    weights = np.array([[1.0, -1.0, 0.0]], np.float32)
    path = write_tflite(("FULLY_CONNECTED", weights), ("RELU",))
    pixels = np.arange(12, dtype=np.float32).reshape(1, 2, 2, 3)
    values = dict(trace(path, pixels))
    assert list(values) == ["/fully_connected", "/relu"]
    np.testing.assert_array_equal(values["/fully_connected"], pixels @ weights.T)
    np.testing.assert_array_equal(values["/relu"], np.zeros((1, 2, 2, 1)))
