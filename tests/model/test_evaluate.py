from __future__ import annotations

from math import log

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from irrvit.model.data.dataset import Pictures
from irrvit.model.evaluate import evaluate, in_groups, normalized, to_unit
from irrvit.model.spec import InputSpec

SPEC = InputSpec(height=2, width=2, resize=2, mean=(0.5, 0.5, 0.5), std=(0.25, 0.25, 0.25))


class Brightness(nn.Module):
    """Says class 1 of what is brighter than the mean, with odds of three to one."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(log(3)))

    def forward(self, x: Tensor) -> Tensor:
        bright = (x.mean((1, 2, 3)) > 0).float()
        return torch.stack([torch.zeros_like(bright), (2 * bright - 1) * self.weight], dim=1)


def test_counts_over_all_batches():
    """1,200 pictures, of which 300 dark ones are called bright."""
    brightness = np.repeat([0, 255], 600)
    classes = np.repeat([0, 1, 1], [600, 300, 300])
    classes[:300] = 1
    pictures = Pictures(lambda i: Image.new("L", (3, 3), int(brightness[i])), classes)
    loss, top1 = evaluate(Brightness(), pictures, SPEC)
    assert top1 == 0.75
    assert loss == pytest.approx(0.75 * log(4 / 3) + 0.25 * log(4))


def test_groups_miss_nothing():
    assert [g.tolist() for g in in_groups(np.arange(5), 2)] == [[0, 1], [2, 3], [4]]


def test_pixels_become_what_the_network_was_promised():
    pixels = np.zeros((1, 2, 2, 3), np.uint8)
    pixels[0, 0, 1] = (255, 0, 51)
    images = normalized(to_unit(pixels, torch.device("cpu")), SPEC)
    assert images.shape == (1, 3, 2, 2)
    assert torch.allclose(images[0, :, 0, 1], torch.tensor([2.0, -2.0, -1.2]))
