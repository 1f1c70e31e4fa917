"""The linear layer is the same on every device."""

import numpy as np

from irrvit.benchmark.worker import linear


def test_the_weights_are_the_same_whenever_they_are_made():
    assert linear.weights(8).shape == (8, 8)
    np.testing.assert_array_equal(linear.weights(8), linear.weights(8))


def test_they_are_not_symmetric_so_that_a_transposed_layer_is_another():
    assert not np.allclose(linear.weights(8), linear.weights(8).T)
