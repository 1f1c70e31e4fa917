from __future__ import annotations

import pytest
import torch
from torch import nn

from irrvit.model.network.layers import InvertedResidual, SeparableBlock, WholeMapConv


def test_whole_map_convolution_is_the_convolution():
    torch.manual_seed(0)
    conv, x = WholeMapConv(8, 14).double(), torch.randn(2, 8, 14, 14).double()
    expected = nn.functional.conv2d(x, conv.weight, conv.bias, groups=8)
    torch.testing.assert_close(conv(x), expected)


@pytest.mark.parametrize(("kernel", "stride", "size"), [(3, 2, 7), (5, 4, 4), (14, 14, 1)])
def test_branch_makes_patches_of_its_stride(kernel, stride, size):
    block = InvertedResidual(16, 32, 24, kernel=kernel, stride=stride).eval()
    assert block(torch.randn(2, 16, 14, 14)).shape == (2, 24, size, size)


@pytest.mark.parametrize(("c_out", "stride", "adds"), [(8, 1, True), (8, 2, False), (16, 1, False)])
def test_block_that_keeps_the_shape_adds_its_input(c_out, stride, adds):
    block = SeparableBlock(8, c_out, expansion=2, stride=stride).eval()
    x = torch.randn(1, 8, 6, 6)
    y = block.project(block.expand(block.depthwise(x)))
    torch.testing.assert_close(block(x), x + y if adds else y)


@pytest.mark.parametrize(("hidden", "squeezed"), [(32, 8), (64, 8), (72, 9), (256, 32)])
def test_branch_squeezes_to_an_eighth_and_never_below_eight(hidden, squeezed):
    block = InvertedResidual(16, hidden, 24, kernel=3, stride=2)
    assert block.squeeze_excite.reduce.out_channels == squeezed
