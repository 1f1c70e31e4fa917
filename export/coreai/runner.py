"""An `.aimodel` in Apple's own runtime, on the CPU of this machine."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import numpy as np
from coreai.authoring.asset import AIModelAsset
from coreai.runtime import NDArray

from irrvit.export.coreai.half import is_half, widen_rounded
from irrvit.export.coreai.program import MAIN, asset, save
from irrvit.export.coreai.program import load as load_program
from irrvit.export.errors import BadArtifact
from irrvit.export.pixels import Outputs, image_tensor, one_by_one

_T = TypeVar("_T")


class CoreAIRunner:
    """A file in Core AI's runtime; see `in_a_loop` for how it waits.

    Attributes:
        function: the file's graph, ready to be called.
    """

    name = "coreai"

    def __init__(self, opened: AIModelAsset):
        self.function = in_a_loop(_function(opened))

    def run(self, pixels: np.ndarray) -> Outputs:
        return one_by_one(self._infer, pixels)

    def _infer(self, image: np.ndarray) -> Outputs:
        given = {"image": NDArray(image_tensor(image).contiguous().numpy())}
        answer = in_a_loop(self.function(given))
        return {name: _numbers(value.numpy()) for name, value in answer.items()}


def in_a_loop(coroutine: Coroutine[Any, Any, _T]) -> _T:
    """Wait for the runtime, whether or not the caller's thread runs an event loop already."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


async def _function(opened: AIModelAsset) -> Any:
    """Compile a file for this machine; once loaded, what was compiled is in memory."""
    async with opened.executable() as model:
        return model.load_function(MAIN)


def _numbers(value: np.ndarray) -> np.ndarray:
    """A copy of its own, as the contract has it: float32 or int32."""
    kind = np.float32 if np.issubdtype(value.dtype, np.floating) else np.int32
    return np.array(value, kind)


@contextmanager
def runnable(path: Path) -> Iterator[AIModelAsset]:
    """A file of ours as it is run here: one of half precision by `widen_rounded`."""
    opened = asset(path)
    read = load_program(path)
    if not is_half(read):
        yield opened
        return
    widen_rounded(read)
    with TemporaryDirectory() as folder:
        save(read, Path(folder) / path.name)
        yield asset(Path(folder) / path.name)


def load(path: Path) -> CoreAIRunner:
    """Open a file of ours: one input, `image`."""
    with runnable(path) as opened:
        try:
            runner = CoreAIRunner(opened)
        except Exception as error:  # The runtime's exceptions share no base class.
            raise BadArtifact(f"Core AI cannot run {path}: {error}") from error
    names = runner.function.desc.input_names
    if names != ["image"]:
        raise BadArtifact(f"{path}: the inputs are {names}, expected ['image']")
    return runner
