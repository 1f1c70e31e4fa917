"""Weights of 8 bits whose products never overflow 16 on a core without VNNI."""

import numpy as np
import pytest

pytestmark = pytest.mark.needs("onnx", "onnxruntime")
PRODUCTS_IN_16_BITS = 32767
ACTIVATION = 255


def neighbours(row):
    return np.abs(row[:-1].astype(int)) + np.abs(row[1:].astype(int))


def largest_sums(weight):
    """By channel, of two products that lie beside each other in either order of a convolution."""
    orders = [weight] if weight.ndim == 2 else [weight, weight.transpose(0, 2, 3, 1)]
    flat = [order.reshape(len(weight), -1) for order in orders]
    return np.array([max(neighbours(f[i]).max() for f in flat) for i in range(len(weight))])


@pytest.mark.parametrize("shape", [(40, 24, 1, 1), (16, 3, 3, 3), (50, 128), (8, 5, 4, 4)])
@pytest.mark.parametrize("seed", range(5))
def test_two_products_fit_and_the_range_is_used(shape, seed):
    from irrvit.export.onnx.quantize import safe_ranges

    weight = np.random.default_rng(seed).standard_t(3, shape).astype(np.float32)
    tops = safe_ranges(weight).reshape(-1, *[1] * (len(shape) - 1))
    quantized = np.rint(weight / tops * 127).astype(int)
    sums = largest_sums(quantized)
    assert sums.max() * ACTIVATION <= PRODUCTS_IN_16_BITS
    assert sums.min() >= 126


def test_a_depthwise_convolution_has_the_full_range():
    from irrvit.export.onnx.quantize import safe_ranges

    weight = np.random.default_rng(0).standard_normal((12, 1, 5, 5)).astype(np.float32)
    np.testing.assert_array_equal(safe_ranges(weight), np.abs(weight).max(axis=(1, 2, 3)))


@pytest.mark.slow
def test_every_weight_in_a_written_file_fits(write_tiny):
    import onnx
    from onnx import numpy_helper

    model = onnx.load(write_tiny("onnx", "int8").path)
    arrays = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    read_by = {node.input[0]: node for node in model.graph.node if node.input}
    users = {name: node for node in model.graph.node for name in node.input}
    sums = []
    for name, array in arrays.items():
        if array.dtype != np.int8 or array.ndim < 2:
            continue
        user = users[read_by[name].output[0]]
        if user.op_type == "Conv" and array.shape[1] == 1:
            continue
        turned = user.op_type == "Conv" or any(a.name == "transB" and a.i for a in user.attribute)
        sums.append(largest_sums(array if turned else array.T).max())
    assert len(sums) > 20
    assert max(sums) * ACTIVATION <= PRODUCTS_IN_16_BITS
    assert min(sums) >= 126
