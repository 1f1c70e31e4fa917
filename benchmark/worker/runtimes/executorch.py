"""ExecuTorch: `.pte` files in PyTorch's runtime for phones, with XNNPACK; it imports torch."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.runtime import LINEAR, flat

PACKAGE = "executorch.runtime"
EXTRA = "executorch"
SUFFIX = ".pte"


class ExecuTorch:
    """See `irrvit.benchmark.worker.runtime.LoadedFile`."""

    def __init__(self, content: bytes, threads: int):
        import torch
        from executorch.extension.pybindings import portable_lib

        self.version = f"executorch {version('executorch')}"
        self._torch, self._content = torch, content
        portable_lib._unsafe_reset_threadpool(threads)
        self._program = portable_lib._load_program_from_buffer(content)
        self._method = self._program.load_method("forward")
        self.call = self._method.execute

    def set(self, pixels: np.ndarray) -> None:
        self._method.set_inputs([self._torch.from_numpy(pixels.astype(np.float32))])

    def logits(self) -> np.ndarray:
        from irrvit.export.executorch import program

        self.call()
        values = [value.numpy() for value in self._method.get_outputs()]
        names = program.read(self._content, "the file").outputs
        return flat(dict(zip(names, values, strict=True)))

    def placement(self) -> dict[str, Any]:
        from irrvit.export.executorch import count, program

        found = count.delegation(program.read(self._content, "the file"))
        return {
            "nodes_total": found.nodes,
            "nodes_delegated": found.nodes - len(found.left_out),
            "partitions": found.partitions,
        }


def load(path: str, threads: int) -> ExecuTorch:
    """See `irrvit.benchmark.worker.runtime.Runtime`."""
    if path.startswith(LINEAR):
        return ExecuTorch(linear_layer(int(path.removeprefix(LINEAR))), threads)
    return ExecuTorch(Path(path).read_bytes(), threads)


def linear_layer(size: int) -> bytes:
    """A linear layer as a file: `image` (size, size) times `linear.weights` -> `logits`."""
    import torch

    from irrvit.export.executorch import convert

    class Layer(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weights = torch.nn.Parameter(torch.from_numpy(linear.weights(size)))

        def forward(self, image: torch.Tensor) -> dict[str, torch.Tensor]:
            return {"logits": image @ self.weights}

    return convert.lowered(Layer(), torch.zeros(size, size))
