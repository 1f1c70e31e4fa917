"""PyTorch: a network by its name, eager, as it was trained: not folded."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np

from irrvit.benchmark.worker.runtime import LINEAR, flat

PACKAGE = "torch"
EXTRA = "all"


class Torch:
    """See `irrvit.benchmark.worker.runtime.LoadedFile`."""

    def __init__(self, path: str, threads: int):
        import torch

        self.version = f"torch {version('torch')}"
        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self._torch, self._pixels = torch, torch.zeros(1)
        network, prepare = _linear(path) if path.startswith(LINEAR) else _network(path)
        self.call = lambda: network(prepare(self._pixels))

    def set(self, pixels: np.ndarray) -> None:
        self._pixels = self._torch.from_numpy(pixels)

    def logits(self) -> np.ndarray:
        from irrvit.model.outputs import named

        return flat({name: values.numpy() for name, values in named(self.call()).items()})

    def placement(self) -> dict[str, Any]:
        return {}


def load(path: str, threads: int) -> Torch:
    """See `irrvit.benchmark.worker.runtime.Runtime`."""
    return Torch(path, threads)


def _linear(path: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    import torch

    size = int(path.removeprefix(LINEAR))
    return torch.nn.Linear(size, size, bias=False), lambda pixels: pixels


def _network(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    import torch

    from irrvit.model import sources

    source = sources.load(name)
    mean, std = (torch.tensor(values) * 255 for values in (source.input.mean, source.input.std))
    return source.network, lambda pixels: ((pixels - mean) / std).permute(0, 3, 1, 2)
