"""Values beyond half precision are found where they are, also inside a module."""

import numpy as np
import pytest
import torch

from irrvit.export.precision import FP16_MAX
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


class Scaled(torch.nn.Module):
    """Pixels of 100 become this number, and no other value is larger."""

    def __init__(self, largest):
        super().__init__()
        self.scale = largest / 100

    def forward(self, x):
        return x * self.scale


@pytest.mark.parametrize(
    ("largest", "is_beyond"), [(65500, False), (65504, False), (65508, True), (-65508, True)]
)
def test_what_half_precision_holds_is_no_overflow_and_what_it_does_not_is(largest, is_beyond):
    sentences = overflows(Scaled(largest).eval(), PICTURES)
    assert len(sentences) == is_beyond
    assert np.finfo(np.float16).max == FP16_MAX


def test_the_largest_value_of_all_pictures_is_said():
    pictures = np.stack([PICTURES[0], PICTURES[0] * 2, PICTURES[0]])
    (sentence,) = overflows(Scaled(1e5).eval(), pictures)
    assert "2e+05" in sentence


def test_a_sound_network_has_none():
    assert overflows(Net(torch.nn.Flatten()).eval(), PICTURES) == []


def test_an_infinite_mask_is_no_overflow():
    class Masked(torch.nn.Module):
        def forward(self, x):
            mask = torch.zeros(8).index_fill(0, torch.tensor([1]), -torch.inf)
            return (x + mask).softmax(-1)

    assert overflows(Masked().eval(), PICTURES) == []
