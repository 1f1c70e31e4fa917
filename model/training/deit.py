"""DeiT's recipe for ImageNet (arXiv 2012.12877), by timm's parts, for a GPU machine.

RandAugment and erasing picture by picture in worker processes, Mixup or CutMix of whole batches,
stochastic depth. As everywhere, what is random depends on (seed, step, picture) alone.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset

from irrvit.model.errors import MissingPackage
from irrvit.model.network.irrvit import IRRViT
from irrvit.model.spec import upright
from irrvit.model.training.feed import DRAWS, MIXING, Batch, Clock, EpochPlan, number
from irrvit.model.training.recipes.recipe import Deit, Recipe

try:
    from timm.data.mixup import Mixup
    from timm.data.transforms_factory import create_transform
    from timm.layers.drop import drop_path
except ModuleNotFoundError as missing:
    raise MissingPackage(missing.name or "timm", "timm") from missing


class _Transformed(Dataset[tuple[Tensor, int]]):
    """Pictures by (step, index), cropped and changed as these two and the seed say."""

    def __init__(self, plan: EpochPlan, how: Deit) -> None:
        spec = plan.spec
        self.plan = plan
        transform = create_transform(
            (3, spec.height, spec.width),
            is_training=True,
            auto_augment=how.rand_augment,
            interpolation="bicubic",
            mean=spec.mean,
            std=spec.std,
            re_prob=how.erase,
            re_mode="pixel",
        )
        assert not isinstance(transform, tuple)  # It is only when asked for in parts.
        self.transform = transform

    def __getitem__(self, key: tuple[int, int]) -> tuple[Tensor, int]:
        step, index = key
        _seed_all(number(self.plan.recipe.seed, DRAWS, step, index))
        image = self.transform(upright(self.plan.pictures.read(index)))
        assert isinstance(image, Tensor)
        return image, int(self.plan.pictures.classes[index])


def prepare(network: nn.Module, recipe: Recipe) -> None:
    """Let training drop branches of the transformer's blocks."""
    assert recipe.deit is not None
    assert isinstance(network, IRRViT)
    add_stochastic_depth(network.blocks, recipe.deit.drop_path)


def feed(plan: EpochPlan, clock: Clock) -> Iterator[Batch]:
    """Transform in worker processes, and mix batches; targets are odds (B, classes)."""
    how = plan.recipe.deit
    assert how is not None
    workers = (os.cpu_count() or 1) // int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    loader = DataLoader(
        _Transformed(plan, how),
        batch_sampler=[[(step, int(i)) for i in group] for step, group in plan.steps],
        num_workers=workers,
        # Readers of pictures are closures, which only a fork can share.
        multiprocessing_context="fork" if workers else None,
    )
    mix = Mixup(
        mixup_alpha=how.mixup,
        cutmix_alpha=how.cutmix,
        label_smoothing=plan.recipe.label_smoothing,
        num_classes=plan.classes,
    )
    for (step, _), (images, classes) in zip(plan.steps, loader, strict=True):
        clock.add("waiting_s")
        # Stochastic depth draws from here on too.
        _seed_all(number(plan.recipe.seed, MIXING, step, plan.share.start))
        mixed = _mixed(mix, images, classes)
        clock.add("augmenting_s")
        yield mixed


def add_stochastic_depth(blocks: nn.Sequential, rate: float) -> None:
    """Let training drop branches of transformer blocks, the last ones `rate` of the time."""
    for at, block in enumerate(blocks, 1):
        share = rate * at / len(blocks)
        for branch in (block.attention, block.mlp):
            assert isinstance(branch, nn.Module)
            branch.register_forward_hook(_dropping(share))


def _dropping(share: float) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], Tensor]:
    def drop(branch: nn.Module, _: tuple[Tensor, ...], output: Tensor) -> Tensor:
        return drop_path(output, share, branch.training)

    return drop


def _mixed(mix: Mixup, images: Tensor, classes: Tensor) -> Batch:
    images, targets = mix(images, classes)
    return Batch(images, targets.to(images.dtype))


def _seed_all(seed: int) -> None:
    """timm draws from all three."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed % 2**63)
