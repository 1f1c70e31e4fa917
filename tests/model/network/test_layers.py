from __future__ import annotations

import pytest
import torch
from torch import nn

from irrvit.model.network.layers import ConvNorm, InvertedResidual, SeparableBlock, WholeMapConv


def test_whole_map_convolution_is_the_convolution():
    torch.manual_seed(0)
    conv, x = WholeMapConv(8, 14).double(), torch.randn(2, 8, 14, 14).double()
    expected = nn.functional.conv2d(x, conv.weight, conv.bias, groups=8)
    torch.testing.assert_close(conv(x), expected)


@pytest.mark.parametrize(("kernel", "stride", "size"), [(3, 2, 7), (5, 4, 4), (14, 14, 1)])
def test_branch_makes_patches_of_its_stride(kernel, stride, size):
    block = InvertedResidual(16, 32, 24, kernel=kernel, stride=stride).eval()
    assert block(torch.randn(2, 16, 14, 14)).shape == (2, 24, size, size)


def test_block_that_keeps_the_shape_adds_its_input():
    block, x = SeparableBlock(8, 8, expansion=2, stride=1).eval(), torch.randn(1, 8, 6, 6)
    assert isinstance(block.project, ConvNorm)
    nn.init.zeros_(block.project.conv.weight)
    with torch.no_grad():
        torch.testing.assert_close(block(x), x)
