"""MACs by hand for layers whose count everybody can check."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from irrvit.model.macs import count_macs


class Attention(nn.Module):
    def forward(self, x):
        return functional.scaled_dot_product_attention(x, x, x)


@pytest.mark.parametrize(
    ("network", "shape", "macs"),
    [
        (nn.Linear(8, 16), (1, 5, 8), 5 * 8 * 16),
        (nn.Conv2d(3, 8, 3, stride=2, padding=1), (1, 3, 8, 8), 4 * 4 * 8 * 3 * 9),
        (nn.Conv2d(8, 8, 3, groups=8, padding=1), (1, 8, 4, 4), 4 * 4 * 8 * 9),
        (Attention(), (1, 2, 7, 16), 2 * 2 * 7 * 7 * 16),
    ],
)
def test_macs_equal_a_count_by_hand(network, shape, macs):
    assert count_macs(network, torch.zeros(shape)) == macs
