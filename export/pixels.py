"""Between the contract (channels last, any number of pictures) and the files (one picture each)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import nn

from irrvit.model.outputs import named

Outputs = dict[str, np.ndarray]
"""What a network or a file says of N pictures, by output: (N, ...) each."""


class ChannelsLast(nn.Module):
    """A network on raw pixels (1, H, W, C) where the wrapped one takes (1, C, H, W).

    Its outputs have names, whatever the wrapped one returns.
    """

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network = network

    def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
        return named(self.network(image.permute(0, 3, 1, 2)))


def image_tensor(pixels: np.ndarray) -> torch.Tensor:
    """Pixels as the contract has them, (N, H, W, C) -> as networks take them, (N, C, H, W).

    Float32, and a view: the channels stay last in memory.
    """
    return torch.from_numpy(pixels.astype(np.float32, copy=False)).permute(0, 3, 1, 2)


def one_by_one(
    infer: Callable[[np.ndarray], Mapping[str, np.ndarray]], pixels: np.ndarray
) -> Outputs:
    """Call a program of one picture for each of (N, H, W, C) pictures."""
    pixels = np.ascontiguousarray(pixels, np.float32)
    return together([infer(pixels[i : i + 1]) for i in range(len(pixels))])


def together(pictures: Sequence[Mapping[str, np.ndarray]]) -> Outputs:
    """The outputs for each picture -> those for all: (1, ...) or (...) each -> (N, ...)."""
    return {name: _joined([one[name] for one in pictures]) for name in pictures[0]}


def _joined(parts: Sequence[np.ndarray]) -> np.ndarray:
    has_axis = parts[0].ndim > 0 and len(parts[0]) == 1
    return np.concatenate(parts) if has_axis else np.stack(parts)
