"""Multi-head self-attention and the pre-norm transformer block (arXiv 2010.11929)."""

from __future__ import annotations

import copy
from collections.abc import Mapping

import torch
from torch import Tensor, nn

from irrvit.model.folding.affine import fold_after, fold_layer_norm, plain_layer_norm, with_weights
from irrvit.model.folding.foldable import Foldable
from irrvit.model.network.layers import MLP, mlp_of


class FoldedAttention(nn.Module):
    """Multi-head self-attention whose scale and biases are inside its layers.

    (B, N, D) -> (B, N, D). N is given and not read from the tensor: shape arithmetic in a traced
    graph breaks coremltools 9.0 with numpy 2.4 (coremltools #2633).
    """

    def __init__(self, dim: int, heads: int, tokens: int, *, bias: bool = False) -> None:
        super().__init__()
        self.dim, self.heads, self.tokens = dim, heads, tokens
        self.q = nn.Linear(dim, dim)
        self.k = nn.Linear(dim, dim, bias=bias)
        self.v = nn.Linear(dim, dim, bias=bias)
        self.project = nn.Linear(dim, dim)

    def forward(self, x: Tensor) -> Tensor:
        return self._mix(self.q(x), self.k(x), self.v(x))

    def _mix(self, *qkv: Tensor) -> Tensor:
        """Three (B, N, D) -> (B, N, D)."""
        split = (-1, self.tokens, self.heads, self.dim // self.heads)
        q, k, v = (x.reshape(split).transpose(1, 2) for x in qkv)
        mixed = torch.softmax(q @ k.transpose(-2, -1), dim=-1) @ v
        return self.project(mixed.transpose(1, 2).reshape(-1, self.tokens, self.dim))


class Attention(FoldedAttention, Foldable):
    """Multi-head self-attention: (B, N, D) -> (B, N, D)."""

    def __init__(self, dim: int, heads: int, tokens: int) -> None:
        super().__init__(dim, heads, tokens, bias=True)
        self.scale = (dim // heads) ** -0.5

    @property
    def folds(self) -> Mapping[str, int]:
        return {"attention_scale": 1, "k_bias": 1, "v_bias": 1}

    def after(self, norm: nn.LayerNorm) -> Attention:
        """Return the attention that reads the LayerNorm without its affine."""
        attention = copy.deepcopy(self)
        attention.q, attention.k, attention.v = fold_layer_norm(norm, [self.q, self.k, self.v])
        return attention

    @torch.no_grad()
    def fold(self) -> nn.Module:
        """Put the scale into q, drop k's bias, move v's bias into the projection.

        Softmax ignores what is the same for all keys. Every row of the attention matrix sums to
        one, so v's bias reaches the projection as it is.
        """
        folded = FoldedAttention(self.dim, self.heads, self.tokens)
        scale = self.q.bias.new_full((self.dim,), self.scale)
        folded.q = fold_after(self.q, scale, torch.zeros_like(scale))
        folded.k = with_weights(self.k, self.k.weight, None)
        folded.v = with_weights(self.v, self.v.weight, None)
        bias = self.project.bias + self.project.weight @ self.v.bias
        folded.project = with_weights(self.project, self.project.weight, bias)
        return folded

    def forward(self, x: Tensor) -> Tensor:
        return self._mix(self.q(x) * self.scale, self.k(x), self.v(x))


class FoldedTransformerBlock(nn.Module):
    """Pre-norm attention and MLP, each added to its input: (B, N, D) -> (B, N, D)."""

    def __init__(
        self, norm1: nn.LayerNorm, attention: Attention, norm2: nn.LayerNorm, mlp: MLP
    ) -> None:
        super().__init__()
        self.norm1, self.attention = norm1, attention
        self.norm2, self.mlp = norm2, mlp

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        return x + self.mlp(self.norm2(x))


class TransformerBlock(FoldedTransformerBlock, Foldable):
    """The block with the norms' affine: (B, N, D) -> (B, N, D)."""

    @property
    def folds(self) -> Mapping[str, int]:
        return {"layer_norm": 2}

    def fold(self) -> nn.Module:
        (fc1,) = fold_layer_norm(self.norm2, [self.mlp.fc1])
        return FoldedTransformerBlock(
            plain_layer_norm(self.norm1),
            self.attention.after(self.norm1),
            plain_layer_norm(self.norm2),
            mlp_of(fc1, copy.deepcopy(self.mlp.fc2)),
        )


def transformer_block(dim: int, heads: int, tokens: int, *, ffn_ratio: int) -> TransformerBlock:
    """Make a block with fresh weights."""
    return TransformerBlock(
        nn.LayerNorm(dim),
        Attention(dim, heads, tokens),
        nn.LayerNorm(dim),
        MLP(dim, dim * ffn_ratio, dim),
    )
