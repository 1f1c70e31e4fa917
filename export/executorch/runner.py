"""A `.pte` file in ExecuTorch's runtime."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from executorch.extension.pybindings.portable_lib import _unsafe_reset_threadpool
from executorch.runtime import Runtime

from irrvit.export.errors import BadArtifact
from irrvit.export.executorch import program
from irrvit.export.pixels import Outputs, one_by_one


class ExecuTorchRunner:
    """A `.pte` file in ExecuTorch's runtime, one thread, XNNPACK as the wheel has it."""

    name = "executorch"

    def __init__(self, path: Path, content: bytes, outputs: tuple[str, ...]):
        _unsafe_reset_threadpool(1)
        # From memory, never mapped: a mapped file that is replaced in place kills the process.
        self._program = Runtime.get().load_program(content)
        self._method = self._program.load_method("forward")
        self._path, self._names = path, outputs

    def run(self, pixels: np.ndarray) -> Outputs:
        return one_by_one(self._infer, pixels)

    def _infer(self, image: np.ndarray) -> Outputs:
        assert self._method is not None
        try:
            values = self._method.execute([torch.from_numpy(image)])
        except RuntimeError as error:  # A kernel refuses what the exporter gives it.
            raise BadArtifact(
                f"ExecuTorch cannot run {self._path.name} ({error}): put other operations in the "
                "place of those outside of its delegate, or leave this format out"
            ) from error
        # The next call writes into the memory of these.
        return {n: value.numpy().copy() for n, value in zip(self._names, values, strict=True)}


def load(path: Path) -> ExecuTorchRunner:
    """Open a file of ours: one input, `image`."""
    content = path.read_bytes()
    opened = program.read(content, str(path))
    if opened.inputs != ("image",):
        raise BadArtifact(f"{path}: the inputs are {list(opened.inputs)}, expected ['image']")
    try:
        return ExecuTorchRunner(path, content, opened.outputs)
    except (KeyError, RuntimeError) as error:
        raise BadArtifact(f"ExecuTorch cannot open {path}: {error}") from error
