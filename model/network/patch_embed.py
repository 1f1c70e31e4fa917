"""From an image or a feature map to tokens: the article's irregular patches and its ablations.

Irregular patch embedding is arXiv 2108.13015's; the regular ones are DeiT's (arXiv 2012.12877).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from irrvit.model.folding.affine import with_weights
from irrvit.model.folding.foldable import Foldable
from irrvit.model.network.layers import ConvNorm, InvertedResidual
from irrvit.model.network.variants import MAP_SIZE, Variant


class Patches(nn.Module):
    """Parallel branches over one map, their patches concatenated: (B, C, H, W) -> (B, N, D).

    `counts` says how many patches each branch makes.
    """

    def __init__(self, branches: Sequence[nn.Module], counts: Sequence[int]) -> None:
        super().__init__()
        self.branches = nn.ModuleList(branches)
        self.counts = tuple(counts)

    def forward(self, x: Tensor) -> Tensor:
        tokens = [branch(x).flatten(2).transpose(1, 2) for branch in self.branches]
        return tokens[0] if len(tokens) == 1 else torch.cat(tokens, dim=1)


class TokenEmbed(Foldable):
    """Patches, perhaps a class token before them, perhaps positions: (B, C, H, W) -> (B, N, D).

    Positions that are not trained are a buffer; without positions there is nothing to fold.
    """

    class_token: nn.Parameter | None
    position: Tensor | None

    def __init__(
        self, patches: Patches, class_token: nn.Parameter | None, position: Tensor | None
    ) -> None:
        super().__init__()
        self.patches = patches
        self.register_parameter("class_token", class_token)
        if isinstance(position, nn.Parameter):
            self.position = position
        else:
            self.register_buffer("position", position)

    @property
    def folds(self) -> Mapping[str, int]:
        if self.position is None:
            return {}
        inverted = sum(isinstance(branch, InvertedResidual) for branch in self.patches.branches)
        return {
            "position": 1,
            "projection_bias": len(self.patches.branches),
            "batch_norm": inverted,
        }

    @torch.no_grad()
    def fold(self) -> nn.Module:
        """Put positions and the biases of the branches' projections into one constant."""
        if self.position is None:
            return self
        ends = [_without_bias(branch) for branch in self.patches.branches]
        counts = self.patches.counts
        biases = [bias.expand(n, -1) for (_, bias), n in zip(ends, counts, strict=True)]
        constant = self.position[:, -sum(counts) :] + torch.cat(biases)
        class_token = self.class_token
        if class_token is not None:
            class_token = class_token.detach() + self.position[:, :1]
        return FoldedTokenEmbed(
            Patches([branch for branch, _ in ends], counts), constant, class_token
        )

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x)
        if self.class_token is not None:
            x = torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], dim=1)
        return x if self.position is None else x + self.position


class FoldedTokenEmbed(nn.Module):
    """Patches plus a constant, perhaps a class token before them: (B, C, H, W) -> (B, N, D)."""

    constant: Tensor
    class_token: Tensor | None

    def __init__(self, patches: Patches, constant: Tensor, class_token: Tensor | None) -> None:
        super().__init__()
        self.patches = patches
        self.register_buffer("constant", constant)
        self.register_buffer("class_token", class_token)

    def forward(self, x: Tensor) -> Tensor:
        x = self.patches(x) + self.constant
        if self.class_token is None:
            return x
        return torch.cat([self.class_token.expand(x.shape[0], -1, -1), x], dim=1)


def patches_of(variant: Variant, c_in: int) -> Patches:
    """Make the branches of a variant, from a map of `c_in` channels, or from the image itself."""
    counts = [branch.size**2 for branch in variant.branches]
    if variant.patch_embedding == "linear14":
        size = variant.input_size // MAP_SIZE
        return Patches([nn.Conv2d(c_in, variant.dim, size, size)], counts)
    c_hidden = c_in * variant.branch_expansion
    branches = [
        InvertedResidual(c_in, c_hidden, variant.dim, kernel=row.kernel, stride=row.stride)
        for row in variant.branches
    ]
    return Patches(branches, counts)


def token_embed(variant: Variant, c_in: int) -> TokenEmbed:
    """Make the patch embedding of a variant."""
    class_token = None
    if variant.fusion == "class_token":
        class_token = nn.Parameter(nn.init.trunc_normal_(torch.empty(1, 1, variant.dim), std=0.02))
    return TokenEmbed(patches_of(variant, c_in), class_token, _position(variant))


def _position(variant: Variant) -> Tensor | None:
    """(1, N, D), a parameter when it is learned."""
    if variant.position == "learned":
        table = torch.empty(1, variant.tokens, variant.dim)
        return nn.Parameter(nn.init.trunc_normal_(table, std=0.02))
    if variant.position == "sincos":
        rows = [sincos(branch.size, variant.dim) for branch in variant.branches]
        if variant.fusion == "class_token":
            rows.insert(0, torch.zeros(1, variant.dim))
        return torch.cat(rows).unsqueeze(0)
    return None


def sincos(size: int, dim: int) -> Tensor:
    """Sines and cosines of the centres of `size` x `size` patches, row by row: (size**2, D).

    Centres are measured on the stem's map, so that patches of different branches that look at
    one place have one position.
    """
    frequency = 10000.0 ** -(torch.arange(dim // 4) / (dim // 4))
    centre = (torch.arange(size) + 0.5) * (MAP_SIZE / size)
    angle = centre.outer(frequency)
    wave = torch.cat([angle.sin(), angle.cos()], dim=1)
    rows = wave.unsqueeze(1).expand(size, size, -1)
    columns = wave.unsqueeze(0).expand(size, size, -1)
    return torch.cat([rows, columns], dim=2).reshape(size * size, dim)


def _without_bias(branch: nn.Module) -> tuple[nn.Module, Tensor]:
    """Take the bias (D) off the last convolution of a branch."""
    if isinstance(branch, InvertedResidual):
        replaced = copy.deepcopy(branch)
        assert isinstance(branch.project, ConvNorm)
        conv = branch.project.folded_conv()
        replaced.project = with_weights(conv, conv.weight, None)
    else:
        assert isinstance(branch, nn.Conv2d)
        conv = branch
        replaced = with_weights(conv, conv.weight, None)
    assert conv.bias is not None
    return replaced, conv.bias
