"""Multiply-accumulates of an `.aimodel` equal a count by hand."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

pytestmark = pytest.mark.needs("coreai", "coreai_torch")


class By(nn.Module):
    """A network that is one function of its picture (1, 3, 6, 6)."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, x):
        return self.function(x)


COSTS = {
    "convolution": (nn.Conv2d(3, 8, 3, 2, 1), 3 * 3 * 8 * 3 * 9),
    "convolution in groups": (nn.Conv2d(3, 6, 1, groups=3), 6 * 6 * 6 * 1),
    "transposed convolution": (nn.ConvTranspose2d(3, 5, 2, 2), 3 * 6 * 6 * 5 * 2 * 2),
    "layer": (nn.Linear(6, 7), 3 * 6 * 7 * 6),
    "product": (By(lambda x: x @ x.transpose(2, 3)), 3 * 6 * 6 * 6),
    "attention": (By(lambda x: F.scaled_dot_product_attention(x, x, x)), 2 * 3 * 6 * 6 * 6),
    "normalization": (nn.LayerNorm(6), 0),
    "sum": (By(lambda x: x + x.flip(3)), 0),
}


@pytest.mark.parametrize("kind", COSTS)
def test_multiply_accumulates_follow_from_the_shapes(write_coreai, kind):
    from irrvit.export.coreai import count, program

    network, expected = COSTS[kind]
    with torch.no_grad():
        assert count.macs(program.load(write_coreai(network))) == expected
