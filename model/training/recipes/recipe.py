"""What a recipe says: every figure that decides how a training ends, in one record; no torch."""

from __future__ import annotations

from math import cos, pi
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    model_validator,
)

Share = Annotated[float, Field(ge=0, le=1)]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


class Augmentation(_Record):
    """How strongly pictures are changed; zero switches a change off.

    Attributes:
        shift, scale: up to this part of the picture's size.
        contrast: up to this part of the full scale; half as much in brightness.
        sharpness: up to this part of what a blur takes away is added, or taken away.
        mirror, invert, clutter, erase: probabilities.
        outside: what comes in from outside of a picture that was moved.
    """

    shift: Share = 0
    scale: Share = 0
    rotate_degrees: NonNegativeFloat = 0
    mirror: Share = 0
    contrast: Share = 0
    sharpness: Share = 0
    invert: Share = 0
    clutter: Share = 0
    erase: Share = 0
    outside: Literal["black", "mirrored"] = "black"


class Deit(_Record):
    """DeiT's regularization (arXiv 2012.12877), in place of an `Augmentation`.

    Attributes:
        rand_augment: in timm's notation.
        mixup, cutmix: the alpha of each; one of the two is drawn for a batch.
        drop_path: how often the last block's branches are dropped; earlier ones less.
        erase: probability.
    """

    rand_augment: str = "rand-m9-mstd0.5-inc1"
    mixup: NonNegativeFloat = 0.8
    cutmix: NonNegativeFloat = 1.0
    drop_path: Share = 0.1
    erase: Share = 0.25


class Distillation(_Record):
    """Learning from what a larger network says, too (arXiv 1503.02531).

    Attributes:
        teacher: a network by name, as `irrvit-export --model` takes it.
        views: of each picture. What the teacher says about them is computed once; the network
            learns the mean, of changes that are new each epoch.
        changes: what makes the views. Not the recipe's own: the views serve every recipe.
        temperature: by which the logits of both are divided.
        weight: of the teacher in the loss; the rest is that of the classes.
    """

    teacher: str
    views: PositiveInt = 2
    changes: Augmentation = Augmentation(
        shift=0.1, scale=0.25, mirror=0.5, contrast=0.2, sharpness=0.8, outside="mirrored"
    )
    temperature: PositiveFloat = 2
    weight: Share = 0.7


class Recipe(_Record):
    """AdamW, a warm-up and a cosine.

    Attributes:
        batch: pictures a step, over all processes together.
        ema_decay: of the running mean of the weights, which is what is evaluated and kept.
        augmentation: what is done to pictures, unless `deit` is given.
        deit: makes `training.deit` feed the network, in place of `training.feed`.
        distillation: a teacher, if there is one.
        mixed_precision: what layers compute in where that is enough (`torch.autocast`); weights
            and what the optimizer knows stay float32. None computes all in float32.
    """

    epochs: PositiveInt
    batch: PositiveInt = 128
    lr: PositiveFloat = 2e-3
    weight_decay: NonNegativeFloat = 0.05
    warmup_epochs: NonNegativeFloat = 1
    label_smoothing: Share = 0.1
    ema_decay: Share = 0.998
    augmentation: Augmentation = Augmentation()
    deit: Deit | None = None
    distillation: Distillation | None = None
    mixed_precision: Literal["bf16"] | None = None
    seed: int = 0

    @model_validator(mode="after")
    def _is_fed_in_one_way(self) -> Self:
        if self.deit is not None and self.distillation is not None:
            raise ValueError("this recipe mixes pictures, which a teacher cannot have seen")
        return self

    def lr_at(self, step: int, steps_per_epoch: int) -> float:
        """Learning rate of a step, counted from 0 over all epochs."""
        warmup = self.warmup_epochs * steps_per_epoch
        if step < warmup:
            return self.lr * (step + 1) / (warmup + 1)
        rest = max(self.epochs * steps_per_epoch - warmup, 1)
        return self.lr * 0.5 * (1 + cos(pi * (step - warmup) / rest))
