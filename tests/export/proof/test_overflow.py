"""Values beyond half precision are found where they are, also inside a module."""

import numpy as np
import torch

from irrvit.export.proof.overflow import overflows

PICTURES = np.full((2, 8, 8, 3), 100.0, np.float32)


class Inner(torch.nn.Module):
    """Small at its output, 10,000 times as large inside."""

    def forward(self, x):
        return (x * 1e4).mean((2, 3)) / 1e4


class Net(torch.nn.Module):
    def __init__(self, inner):
        super().__init__()
        self.first, self.inner = torch.nn.Conv2d(3, 4, 1), inner

    def forward(self, x):
        return self.inner(self.first(x).abs() + 10)


def test_an_overflow_inside_a_module_is_named_with_its_module():
    (multiplied, averaged) = overflows(Net(Inner()).eval(), PICTURES)
    assert "fp16 overflow" in multiplied
    assert "in inner (mul" in multiplied
    assert "in inner (mean" in averaged


def test_a_sound_network_has_none():
    assert overflows(Net(torch.nn.Flatten()).eval(), PICTURES) == []


def test_an_infinite_mask_is_no_overflow():
    class Masked(torch.nn.Module):
        def forward(self, x):
            mask = torch.zeros(8).index_fill(0, torch.tensor([1]), -torch.inf)
            return (x + mask).softmax(-1)

    assert overflows(Masked().eval(), PICTURES) == []
