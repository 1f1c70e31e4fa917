"""Multiply-accumulates of an `.onnx` file equal a count by hand."""

import numpy as np
import pytest

from irrvit.export.errors import UnsupportedOp

pytestmark = pytest.mark.needs("onnx")


def ones(*shape):
    return np.ones(shape, np.float32)


COSTS = {
    "convolution": (
        [("Conv", ["image", "w"], ["logits"], {"strides": [2, 2], "pads": [1, 1, 1, 1]})],
        ((1, 4, 6, 6), (1, 8, 3, 3), {"w": ones(8, 4, 3, 3)}),
        3 * 3 * 8 * 4 * 9,
    ),
    "convolution in groups": (
        [("Conv", ["image", "w"], ["logits"], {"group": 4})],
        ((1, 8, 6, 6), (1, 16, 6, 6), {"w": ones(16, 2, 1, 1)}),
        6 * 6 * 16 * 2,
    ),
    "transposed convolution": (
        [("ConvTranspose", ["image", "w"], ["logits"], {"strides": [2, 2]})],
        ((1, 4, 5, 5), (1, 3, 10, 10), {"w": ones(4, 3, 2, 2)}),
        4 * 5 * 5 * 3 * 2 * 2,
    ),
    "product": (
        [("MatMul", ["image", "w"], ["logits"], {})],
        ((2, 6, 4), (2, 6, 7), {"w": ones(4, 7)}),
        2 * 6 * 7 * 4,
    ),
    "layer": (
        [("Gemm", ["image", "w"], ["logits"], {})],
        ((5, 4), (5, 7), {"w": ones(4, 7)}),
        5 * 7 * 4,
    ),
    "layer with turned weights": (
        [("Gemm", ["image", "w"], ["logits"], {"transB": 1})],
        ((5, 4), (5, 7), {"w": ones(7, 4)}),
        5 * 7 * 4,
    ),
    "layer with turned input": (
        [("Gemm", ["image", "w"], ["logits"], {"transA": 1})],
        ((4, 5), (5, 7), {"w": ones(4, 7)}),
        5 * 7 * 4,
    ),
    "einsum": (
        [("Einsum", ["image", "w"], ["logits"], {"equation": "bci, bdi -> bcd"})],
        ((1, 8, 16), (1, 8, 6), {"w": ones(1, 6, 16)}),
        8 * 6 * 16,
    ),
    "einsum with a batch that has no letters": (
        [("Einsum", ["image", "w"], ["logits"], {"equation": "...ci,di->...cd"})],
        ((3, 5, 8, 16), (3, 5, 8, 6), {"w": ones(6, 16)}),
        3 * 5 * 8 * 6 * 16,
    ),
    "einsum that turns one operand": (
        [("Einsum", ["image"], ["logits"], {"equation": "ij->ji"})],
        ((3, 4), (4, 3), {}),
        0,
    ),
    "sum": ([("Add", ["image", "w"], ["logits"], {})], ((3, 3), (3, 3), {"w": ones(3, 3)}), 0),
    "two, one behind the other": (
        [("MatMul", ["image", "w"], ["x"], {}), ("MatMul", ["x", "v"], ["logits"], {})],
        ((2, 3), (2, 5), {"w": ones(3, 4), "v": ones(4, 5)}),
        2 * 4 * 3 + 2 * 5 * 4,
    ),
}


@pytest.mark.parametrize("kind", COSTS)
def test_multiply_accumulates_follow_from_the_shapes(write_onnx, kind):
    from irrvit.export.onnx import count

    nodes, (image, logits, constants), expected = COSTS[kind]
    path = write_onnx(nodes, image, logits, **constants)
    assert count.macs(path) == expected
    assert count.operations(path) == len(nodes)


def test_a_constant_is_no_operation(write_onnx):
    from onnx import helper

    from irrvit.export.onnx import count

    value = helper.make_tensor("v", 1, [1], [2.0])
    nodes = [
        ("Constant", [], ["two"], {"value": value}),
        ("Mul", ["image", "two"], ["logits"], {}),
    ]
    assert count.operations(write_onnx(nodes, (3,), (3,))) == 1


def test_what_cannot_be_counted_is_refused_by_name(write_onnx):
    from irrvit.export.onnx import count

    nodes = [
        ("NonZero", ["image"], ["places"], {}),
        ("Cast", ["places"], ["x"], {"to": 1}),
        ("MatMul", ["w", "x"], ["logits"], {}),
    ]
    with pytest.raises(UnsupportedOp, match="shape of 'logits' is not known"):
        count.macs(write_onnx(nodes, (2, 3), (4, "n"), w=ones(4, 2)))
