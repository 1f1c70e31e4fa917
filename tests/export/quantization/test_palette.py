"""The values of a palette are those that leave the least error."""

import numpy as np
import pytest

from irrvit.export.quantization.palette import palette


def error(bits, weight):
    values, indices = palette(bits, weight)
    assert values.shape == (2**bits,)
    assert values.dtype == weight.dtype
    return float(np.square(values[indices].reshape(weight.shape) - weight).mean())


def test_weights_that_have_few_values_are_kept():
    weight = np.random.default_rng(0).choice([-1.5, -0.25, 0.0, 3.0], (8, 16)).astype(np.float32)
    assert error(4, weight) == pytest.approx(0, abs=1e-12)


def test_each_weight_has_the_nearest_value():
    weight = np.random.default_rng(0).normal(size=1000).astype(np.float32)
    values, indices = palette(4, weight)
    nearest = np.abs(weight[:, None] - values[None]).argmin(axis=1)
    assert np.array_equal(indices, nearest)


@pytest.mark.parametrize("bits", [4, 6, 8])
def test_the_error_is_below_that_of_equal_steps(bits):
    weight = np.random.default_rng(0).normal(size=20000).astype(np.float32)
    step = np.ptp(weight) / 2**bits
    assert error(bits, weight) < 0.8 * step**2 / 12


def test_a_constant_weight_is_kept():
    assert error(4, np.full((3, 3), 0.5, np.float32)) == 0


def test_every_weight_has_the_nearest_value_also_where_a_value_is_of_no_weight():
    rng = np.random.default_rng(3)
    weight = np.concatenate([rng.normal(size=400) ** 3, [40.0, 41.0]]).astype(np.float16)
    values, indices = palette(6, weight)
    assert (np.diff(values.astype(np.float64)) >= 0).all()
    distances = np.abs(weight[:, None].astype(np.float64) - values[None])
    chosen = distances[np.arange(len(weight)), indices]
    assert np.allclose(chosen, distances.min(axis=1), atol=1e-3)
