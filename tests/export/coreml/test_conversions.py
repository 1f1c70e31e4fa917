"""What coremltools gets wrong is converted rightly, in forms that Apple's runtime is sure of."""

import itertools

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from irrvit.export.coreml import program
from irrvit.export.precision import Precision
from irrvit.export.targets import coreml
from irrvit.model.spec import InputSpec

H, W = 11, 14


class Layer(nn.Module):
    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x / 255 - 0.25).flatten(1)


def _check(function, tmp_path):
    """Compare with torch in float32, and return the operations of the file."""
    network, path = Layer(function).eval(), tmp_path / "layer.mlpackage"
    coreml.write(network, InputSpec(height=H, width=W), Precision.FP32, path)
    pixels = np.random.default_rng(0).uniform(0, 255, (1, H, W, 3)).astype(np.float32)
    with torch.no_grad():
        expected = network(torch.tensor(pixels).permute(0, 3, 1, 2)).numpy()
    np.testing.assert_allclose(
        coreml.load(path).run(pixels)["logits"], expected, rtol=1e-5, atol=1e-6
    )
    return program.load(path)


POOLS = [
    (kernel, stride, padding, include)
    for kernel, stride, padding in itertools.product((2, 3), (1, 2, 3), (0, 1))
    for include in (True, False)
]


@pytest.mark.parametrize(("kernel", "stride", "padding", "include"), POOLS)
def test_an_average_that_rounds_up_counts_as_torch_does(kernel, stride, padding, include, tmp_path):
    pool = nn.AvgPool2d(kernel, stride, padding, ceil_mode=True, count_include_pad=include)
    made = _check(pool, tmp_path)
    (operation,) = [op for op in made.operations() if op.kind == "avg_pool"]
    assert not made.constants[str(operation.inputs["ceil_mode"])]


def test_a_given_divisor_divides(tmp_path):
    _check(lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True, divisor_override=7), tmp_path)


def test_an_average_along_one_axis_rounds_up_as_torch_does(tmp_path):
    _check(lambda x: F.avg_pool1d(x.flatten(2), 4, 3, 1, ceil_mode=True), tmp_path)


@pytest.mark.parametrize("divisor", [1, 1.0, 0.3, -0.7])
def test_a_remainder_has_the_sign_of_the_divisor_and_one_of_1_is_not_lost(divisor, tmp_path):
    made = _check(lambda x: torch.remainder(4 * x, divisor), tmp_path)
    assert "mod" not in {operation.kind for operation in made.operations()}


@pytest.mark.parametrize("weight", [None, torch.linspace(0.5, 2, W)])
@pytest.mark.parametrize("epsilon", [None, 1e-2])
@pytest.mark.parametrize("scale", [1e-3, 1, 8, 0])
def test_a_root_mean_square_keeps_its_epsilon(scale, epsilon, weight, tmp_path):
    """Rows with one large number among small ones show an epsilon that was scaled with it."""
    _check(lambda x: F.rms_norm((scale * x) ** 5, (W,), weight, epsilon), tmp_path)
