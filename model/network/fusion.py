"""From tokens to the one vector that is classified: adaptive patch fusion and its ablations.

Adaptive patch fusion is arXiv 2108.13015's.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from irrvit.model.folding.affine import fold_after, fold_layer_norm, plain_layer_norm
from irrvit.model.folding.foldable import Foldable
from irrvit.model.network.layers import MLP, mlp_of


class PatchFusion(Foldable):
    """Weighted sum of the patches: (B, N, D) -> (B, D).

    The weight of a patch is a global one, the same for all images, times one that an MLP makes
    for this image from the mean of its patches. No softmax: a patch may count against a class.
    """

    def __init__(self, dim: int, patches: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(dim)
        self.mlp = MLP(dim, dim // 4, patches)
        self.global_weight = nn.Parameter(torch.ones(patches))
        # Fresh weights take the mean.
        nn.init.constant_(self.mlp.fc2.bias, 1 / patches)

    @property
    def folds(self) -> Mapping[str, int]:
        return {"fusion_weight": 1, "layer_norm": 1}

    def fold(self) -> nn.Module:
        """Put the global weights into the MLP's last layer, the norm's affine into its first."""
        (fc1,) = fold_layer_norm(self.norm, [self.mlp.fc1])
        weight = self.global_weight.detach()
        fc2 = fold_after(self.mlp.fc2, weight, torch.zeros_like(weight))
        return FoldedPatchFusion(plain_layer_norm(self.norm), mlp_of(fc1, fc2))

    def forward(self, x: Tensor) -> Tensor:
        weight = self.global_weight * self.mlp(self.norm(x.mean(1)))
        return (weight.unsqueeze(1) @ x).squeeze(1)


class FoldedPatchFusion(nn.Module):
    """Weighted sum of the patches by what an MLP says: (B, N, D) -> (B, D)."""

    def __init__(self, norm: nn.LayerNorm, mlp: MLP) -> None:
        super().__init__()
        self.norm, self.mlp = norm, mlp

    def forward(self, x: Tensor) -> Tensor:
        weight = self.mlp(self.norm(x.mean(1)))
        return (weight.unsqueeze(1) @ x).squeeze(1)


class ClassTokenOnly(nn.Module):
    """The first token: (B, N, D) -> (B, D)."""

    def forward(self, x: Tensor) -> Tensor:
        return x[:, 0]


class Average(nn.Module):
    """The mean token: (B, N, D) -> (B, D)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(1)


class Head(Foldable):
    """Final norm and classifier: (B, D) -> (B, classes).

    The norm comes after the fusion: it reads one vector, and its affine folds whatever the
    weights of the fusion sum to.
    """

    def __init__(self, norm: nn.LayerNorm, classifier: nn.Linear) -> None:
        super().__init__()
        self.norm, self.classifier = norm, classifier

    @property
    def folds(self) -> Mapping[str, int]:
        return {"layer_norm": 1}

    def fold(self) -> nn.Module:
        (classifier,) = fold_layer_norm(self.norm, [self.classifier])
        return nn.Sequential(plain_layer_norm(self.norm), classifier)

    def forward(self, x: Tensor) -> Tensor:
        return self.classifier(self.norm(x))
