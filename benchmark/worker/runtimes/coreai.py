"""Core AI: `.aimodel` files in Apple's own runtime, on the CPU of this machine.

Here it says what a file answers, to be held against a phone; how fast it is on this machine is
nobody's question. A file of half precision is run as `irrvit.export.coreai.half` says.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.runtime import LINEAR, flat

PACKAGE = "coreai.runtime"
EXTRA = "coreai"
SUFFIX = ".aimodel"


class CoreAI:
    """See `irrvit.benchmark.worker.runtime.LoadedFile`."""

    def __init__(self, path: Path):
        from irrvit.export.coreai import runner

        self.version = f"coreai-core {version('coreai-core')}"
        function, loop = runner.load(path).function, asyncio.new_event_loop()
        self._feed: dict[str, Any] = {}
        # Without a thread in between, which a caller with a loop of its own would need.
        self.call = lambda: loop.run_until_complete(function(self._feed))

    def set(self, pixels: np.ndarray) -> None:
        from coreai.runtime import NDArray

        image = pixels.transpose(0, 3, 1, 2) if pixels.ndim == 4 else pixels
        self._feed["image"] = NDArray(np.ascontiguousarray(image, np.float32))

    def logits(self) -> np.ndarray:
        return flat({name: value.numpy() for name, value in self.call().items()})

    def placement(self) -> dict[str, Any]:
        return {}


def load(path: str, threads: int) -> CoreAI:
    """See `irrvit.benchmark.worker.runtime.Runtime`."""
    if hasattr(os, "sched_setaffinity"):  # It takes a thread for each core, and no other number.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    if not path.startswith(LINEAR):
        return CoreAI(Path(path))
    with tempfile.TemporaryDirectory(prefix="irrvit-bench-") as folder:
        layer = Path(folder) / f"linear{SUFFIX}"
        write_linear(int(path.removeprefix(LINEAR)), layer)
        return CoreAI(layer)


def write_linear(size: int, path: Path) -> None:
    """Write a linear layer: `image` (size, size) times `linear.weights` -> `logits`."""
    import torch

    from irrvit.export.coreai import convert, program

    class Layer(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weights = torch.nn.Parameter(torch.from_numpy(linear.weights(size)))

        def forward(self, image: torch.Tensor) -> torch.Tensor:
            return image @ self.weights

    program.save(convert.converted(Layer(), torch.zeros(size, size), ["logits"]), path)
