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


def operations(write_onnx, nodes, image, logits, **constants):
    import onnx

    from irrvit.export.onnx.quantize import operations

    return list(operations(onnx.load(write_onnx(nodes, image, logits, **constants))))


def test_a_product_with_a_constant_is_a_layer_and_of_two_computed_sides_attention(write_onnx):
    from irrvit.export.quantization.rules import Kind

    nodes = [
        ("MatMul", ["image", "w"], ["x"], {}),
        ("MatMul", ["x", "image"], ["y"], {}),
        ("Erf", ["y"], ["logits"], {}),
    ]
    layer, attention, other = operations(write_onnx, nodes, (3, 3), (3, 3), w=np.ones((3, 3)))
    assert [o.kind for o in (layer, attention, other)] == [Kind.LINEAR, Kind.MATMUL, Kind.OTHER]
    assert (layer.inputs, layer.outputs) == (("image",), ("x",))
    assert (attention.inputs, attention.outputs) == (("x", "image"), ("y",))


@pytest.mark.parametrize(("constant", "meets"), [(np.ones((1, 3)), True), (np.ones(1), False)])
def test_several_numbers_beside_what_is_computed_are_noticed(write_onnx, constant, meets):
    nodes = [("Add", ["image", "c"], ["logits"], {})]
    (added,) = operations(write_onnx, nodes, (1, 3), (1, 3), c=constant)
    assert added.meets_constants is meets


@pytest.mark.parametrize(("turned", "axis"), [(0, 1), (1, 0)])
def test_the_channels_of_a_layer_are_where_its_weights_have_them(turned, axis):
    from onnx import helper

    from irrvit.export.onnx.quantize import _ranges

    weight = np.arange(6, dtype=np.float32).reshape(2, 3)
    node = helper.make_node("Gemm", ["x", "w"], ["y"], transB=turned)
    ranges = _ranges(node, weight)
    assert {r["axis"] for r in ranges} == {axis}
    assert len(ranges) == weight.shape[axis]


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
