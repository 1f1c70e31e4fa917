"""Convolutional layers and the MLP, after MobileNetV2 (arXiv 1801.04381) and SE (1709.01507).

A layer that can fold is `irrvit.model.folding.foldable.Foldable`.
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from irrvit.model.folding.affine import batch_norm_affine, fold_after
from irrvit.model.folding.foldable import Foldable


class WholeMapConv(nn.Conv2d):
    """Depthwise convolution as large as its map: (B, C, S, S) -> (B, C, 1, 1).

    Written as a product and a sum: a depthwise kernel of 196 taps took XNNPACK 3.4 times as long.
    """

    def __init__(self, channels: int, size: int, *, bias: bool = True) -> None:
        super().__init__(channels, channels, size, groups=channels, bias=bias)

    def forward(self, input: Tensor) -> Tensor:
        y = (input * self.weight.squeeze(1)).sum((2, 3), keepdim=True)
        return y if self.bias is None else y + self.bias.reshape(-1, 1, 1)


class ConvNorm(Foldable):
    """Convolution, BatchNorm, ReLU: (B, C_in, H, W) -> (B, C_out, H / stride, W / stride)."""

    def __init__(
        self, c_in: int, c_out: int, kernel: int = 1, *, stride: int = 1, groups: int = 1
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(c_in, c_out, kernel, stride, kernel // 2, groups=groups, bias=False)
        self.norm = nn.BatchNorm2d(c_out)
        self.activation: nn.Module = nn.ReLU()

    @property
    def folds(self) -> Mapping[str, int]:
        return {"batch_norm": 1}

    def without_activation(self) -> ConvNorm:
        """Make this the linear end of a block."""
        self.activation = nn.Identity()
        return self

    def folded_conv(self) -> nn.Conv2d:
        """The convolution with the BatchNorm inside."""
        return fold_after(self.conv, *batch_norm_affine(self.norm))

    def fold(self) -> nn.Module:
        if isinstance(self.activation, nn.Identity):
            return self.folded_conv()
        return nn.Sequential(self.folded_conv(), nn.ReLU())

    def forward(self, x: Tensor) -> Tensor:
        return self.activation(self.norm(self.conv(x)))


class SqueezeExcite(nn.Module):
    """One weight per channel, from the whole map: (B, C, H, W) -> (B, C, H, W)."""

    def __init__(self, channels: int, squeezed: int) -> None:
        super().__init__()
        self.reduce = nn.Conv2d(channels, squeezed, 1)
        self.activation = nn.ReLU()
        self.expand = nn.Conv2d(squeezed, channels, 1)
        self.gate = nn.Sigmoid()

    def forward(self, x: Tensor) -> Tensor:
        pooled = x.mean((2, 3), keepdim=True)
        return x * self.gate(self.expand(self.activation(self.reduce(pooled))))


class InvertedResidual(nn.Module):
    """Expand, depthwise with squeeze-and-excitation, project: (B, C_in, H, W) -> (B, C_out, h, w).

    The patch embedding's branch. It changes size, width or both, so nothing is added to its output.
    """

    def __init__(self, c_in: int, c_hidden: int, c_out: int, *, kernel: int, stride: int) -> None:
        super().__init__()
        self.expand = ConvNorm(c_in, c_hidden)
        self.depthwise = ConvNorm(c_hidden, c_hidden, kernel, stride=stride, groups=c_hidden)
        if stride == kernel:
            self.depthwise.conv = WholeMapConv(c_hidden, kernel, bias=False)
        self.squeeze_excite = SqueezeExcite(c_hidden, max(8, c_hidden // 8))
        self.project: nn.Module = ConvNorm(c_hidden, c_out).without_activation()

    def forward(self, x: Tensor) -> Tensor:
        return self.project(self.squeeze_excite(self.depthwise(self.expand(x))))


class SeparableBlock(nn.Module):
    """Depthwise, then two pointwise convolutions: (B, C_in, H, W) -> (B, C_out, H / s, W / s).

    The depthwise convolution comes before the expansion: it is the slow part per MAC, and there
    it has few channels. A block that keeps the shape adds its input.
    """

    def __init__(self, c_in: int, c_out: int, *, expansion: int, stride: int) -> None:
        super().__init__()
        self.depthwise = ConvNorm(c_in, c_in, 3, stride=stride, groups=c_in).without_activation()
        self.expand = ConvNorm(c_in, c_in * expansion)
        self.project = ConvNorm(c_in * expansion, c_out).without_activation()
        self.is_residual = stride == 1 and c_in == c_out

    def forward(self, x: Tensor) -> Tensor:
        y = self.project(self.expand(self.depthwise(x)))
        return x + y if self.is_residual else y


class MLP(nn.Module):
    """Two linear layers with a ReLU between: (..., D_in) -> (..., D_out)."""

    def __init__(self, d_in: int, d_hidden: int, d_out: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(d_in, d_hidden)
        self.activation = nn.ReLU()
        self.fc2 = nn.Linear(d_hidden, d_out)

    def forward(self, x: Tensor) -> Tensor:
        return self.fc2(self.activation(self.fc1(x)))


def mlp_of(fc1: nn.Linear, fc2: nn.Linear) -> MLP:
    """Put two linear layers together as an MLP."""
    mlp = MLP(1, 1, 1)
    mlp.fc1, mlp.fc2 = fc1, fc2
    return mlp
