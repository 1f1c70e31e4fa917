"""Multiply-accumulates equal a count by hand."""

import numpy as np
import pytest

from irrvit.export.coreml import macs


def _zeros(*shape):
    return np.zeros(shape, np.float32)


def test_convolutions(mb, make_program):
    program = make_program(
        lambda x: mb.conv(
            x=mb.conv(x=x, weight=_zeros(8, 4, 3, 3), strides=[2, 2], pad_type="same"),
            weight=_zeros(16, 2, 1, 1), groups=4,
        ),
        _zeros(1, 4, 6, 6),
    )  # fmt: skip
    assert macs.count(program) == 3 * 3 * 8 * (4 * 9) + 3 * 3 * 16 * 2


def test_transposed_convolution(mb, make_program):
    program = make_program(
        lambda x: mb.conv_transpose(x=x, weight=_zeros(4, 3, 2, 2), strides=[2, 2], groups=2),
        _zeros(1, 4, 5, 5),
    )
    assert macs.count(program) == 4 * 5 * 5 * (3 * 2 * 2)


@pytest.mark.parametrize("flip", [True, False])
def test_linear_layers_and_matrix_products(flip, mb, make_program):
    program = make_program(
        lambda x, y: mb.matmul(x=mb.linear(x=x, weight=_zeros(6, 4)), y=y, transpose_x=flip),
        _zeros(2, 6, 4), _zeros(2, 6, 7),
    )  # fmt: skip
    assert macs.count(program) == 2 * 6 * 6 * 4 + 2 * 6 * 7 * 6


def test_transposed_product_counts_the_inner_axis(mb, make_program):
    program = make_program(
        lambda x, y: mb.matmul(x=x, y=y, transpose_x=True), _zeros(5, 3), _zeros(5, 7)
    )
    assert macs.count(program) == 3 * 7 * 5


def test_einsum_and_attention(mb, make_program):
    product = make_program(
        lambda x, y: mb.einsum(values=(x, y), equation="nchw,nwhu->nchu"),
        _zeros(2, 3, 4, 5), _zeros(2, 5, 4, 6),
    )  # fmt: skip
    attention = make_program(
        lambda q, k, v: mb.scaled_dot_product_attention(query=q, key=k, value=v),
        _zeros(1, 2, 3, 4), _zeros(1, 2, 5, 4), _zeros(1, 2, 5, 6), target="iOS18",
    )  # fmt: skip
    assert macs.count(product) == 2 * 3 * 4 * 5 * 6
    assert macs.count(attention) == 2 * 3 * 5 * (4 + 6)


def test_a_letter_of_an_einsum_is_as_long_as_its_longer_side(mb, make_program):
    program = make_program(
        lambda x, y: mb.einsum(values=(x, y), equation="nchw,nwhu->nchu"),
        _zeros(2, 3, 4, 5), _zeros(2, 5, 1, 6),
    )  # fmt: skip
    assert macs.count(program) == 2 * 3 * 4 * 5 * 6


def test_elementwise_operations_count_nothing(mb, make_program):
    assert macs.count(make_program(lambda x: mb.mul(x=x, y=x), _zeros(3, 3))) == 0
