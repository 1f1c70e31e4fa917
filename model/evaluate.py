"""How often a network is right on labelled pictures, preprocessed as every app does it."""

from __future__ import annotations

from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from irrvit.model.data.dataset import Pictures, batches
from irrvit.model.spec import InputSpec

_BATCH = 500


def evaluate(network: nn.Module, pictures: Pictures, spec: InputSpec) -> tuple[float, float]:
    """Mean cross-entropy and top-1 accuracy of a network in eval mode, preprocessed as by apps."""
    where = next(network.parameters()).device
    groups = in_groups(np.arange(len(pictures)), _BATCH)
    loss, right = 0.0, 0
    read = partial(pictures.pixels, spec=spec)
    with torch.no_grad():
        for group, pixels in zip(groups, batches(read, groups), strict=True):
            classes = torch.from_numpy(pictures.classes[group]).to(where)
            logits = network(normalized(to_unit(pixels, where), spec))
            loss += F.cross_entropy(logits, classes, reduction="sum").item()
            right += int((logits.argmax(1) == classes).sum())
    return loss / len(pictures), right / len(pictures)


def in_groups(indices: np.ndarray, size: int) -> list[np.ndarray]:
    """Cut indices into runs of `size`; the last may be shorter."""
    return [indices[at : at + size] for at in range(0, len(indices), size)]


def to_unit(pixels: np.ndarray, where: torch.device) -> Tensor:
    """uint8 (B, H, W, 3) -> (B, 3, H, W) on the 0..1 scale, channels last in memory."""
    images = torch.from_numpy(pixels).to(where).permute(0, 3, 1, 2)
    return images.to(torch.get_default_dtype()) / 255


def normalized(images: Tensor, spec: InputSpec) -> Tensor:
    """Subtract the mean and divide by the deviation: (B, C, H, W), same out."""
    mean, std = (images.new_tensor(v).view(-1, 1, 1) for v in (spec.mean, spec.std))
    return (images - mean) / std
