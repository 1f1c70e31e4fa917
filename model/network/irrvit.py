"""IRRViT: a convolutional stem, irregular patches, a plain transformer, adaptive patch fusion.

The network of arXiv 2108.13015, and what its ablations put in place of its parts.
"""

from __future__ import annotations

from torch import Tensor, nn

from irrvit.model.network.attention import transformer_block
from irrvit.model.network.fusion import Average, ClassTokenOnly, Head, PatchFusion
from irrvit.model.network.layers import ConvNorm, SeparableBlock
from irrvit.model.network.patch_embed import token_embed
from irrvit.model.network.variants import Stage, Variant


class IRRViT(nn.Module):
    """Normalized image (B, 3, H, W) -> logits (B, classes); H = W = `variant.input_size`."""

    def __init__(self, variant: Variant, classes: int = 1000) -> None:
        super().__init__()
        has_stem = variant.patch_embedding != "linear14"
        dim = variant.dim
        self.variant = variant
        self.stem = _stem(variant.stem) if has_stem else nn.Sequential()
        self.patch_embed = token_embed(variant, variant.stem[-1].width if has_stem else 3)
        self.blocks = nn.Sequential(
            *(
                transformer_block(dim, variant.heads, variant.tokens, ffn_ratio=variant.ffn_ratio)
                for _ in range(variant.depth)
            )
        )
        self.fusion = _fusion(variant)
        self.head = Head(nn.LayerNorm(dim), nn.Linear(dim, classes))

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = self.patch_embed(x)
        x = self.blocks(x)
        x = self.fusion(x)
        return self.head(x)


def _stem(stages: tuple[Stage, ...]) -> nn.Sequential:
    """(B, 3, H, W) -> (B, C, 14, 14)."""
    blocks: list[nn.Module] = []
    c_in = 3
    for stage in stages:
        for stride in (stage.stride, *[1] * (stage.depth - 1)):
            if stage.block == "dense":
                blocks.append(ConvNorm(c_in, stage.width, 3, stride=stride))
            else:
                blocks.append(
                    SeparableBlock(c_in, stage.width, expansion=stage.expansion, stride=stride)
                )
            c_in = stage.width
    return nn.Sequential(*blocks)


def _fusion(variant: Variant) -> nn.Module:
    """(B, N, D) -> (B, D)."""
    match variant.fusion:
        case "patch_fusion":
            return PatchFusion(variant.dim, variant.patches)
        case "class_token":
            return ClassTokenOnly()
        case "average":
            return Average()
