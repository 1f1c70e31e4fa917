"""Between the contract (channels last, any number of pictures) and the files (one picture each)."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn


class ChannelsLast(nn.Module):
    """A network on raw pixels (1, H, W, 3) where the wrapped one takes (1, 3, H, W)."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return self.network(image.permute(0, 3, 1, 2))


def image_tensor(pixels: np.ndarray) -> torch.Tensor:
    """Pixels as the contract has them, (N, H, W, 3) -> as networks take them, (N, 3, H, W).

    Float32, and a view: the channels stay last in memory.
    """
    return torch.from_numpy(pixels.astype(np.float32, copy=False)).permute(0, 3, 1, 2)


def one_by_one(infer: Callable[[np.ndarray], np.ndarray], pixels: np.ndarray) -> np.ndarray:
    """Call a batch-1 program for each of (N, H, W, 3) pictures -> logits (N, classes)."""
    pixels = np.ascontiguousarray(pixels, np.float32)
    return np.concatenate([infer(pixels[i : i + 1]) for i in range(len(pixels))])
