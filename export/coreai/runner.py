"""An `.aimodel` in Apple's own runtime, on the CPU of this machine."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from coreai.authoring.asset import AIModelAsset
from coreai.runtime import NDArray

from irrvit.export.coreai.program import MAIN, asset
from irrvit.export.errors import BadArtifact
from irrvit.export.pixels import Outputs, image_tensor, one_by_one


class CoreAIRunner:
    """A file in Core AI's runtime; its event loop has a thread of its own, as callers may have one.

    Attributes:
        function: the file's graph, ready to be called.
    """

    name = "coreai"

    def __init__(self, opened: AIModelAsset):
        self._loop = asyncio.new_event_loop()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="coreai")
        self.function = self._wait_for(_function(opened))

    def run(self, pixels: np.ndarray) -> Outputs:
        return one_by_one(self._infer, pixels)

    def _infer(self, image: np.ndarray) -> Outputs:
        given = {"image": NDArray(image_tensor(image).contiguous().numpy())}
        answer = self._wait_for(self.function(given))
        return {name: _numbers(value.numpy()) for name, value in answer.items()}

    def _wait_for(self, coroutine: Any) -> Any:
        return self._thread.submit(self._loop.run_until_complete, coroutine).result()


async def _function(opened: AIModelAsset) -> Any:
    """Compile a file for this machine; once loaded, what was compiled is in memory."""
    async with opened.executable() as model:
        return model.load_function(MAIN)


def _numbers(value: np.ndarray) -> np.ndarray:
    """A copy of its own, as the contract has it: float32 or int32."""
    kind = np.float32 if np.issubdtype(value.dtype, np.floating) else np.int32
    return np.array(value, kind)


def load(path: Path) -> CoreAIRunner:
    """Open a file of ours: one input, `image`."""
    opened = asset(path)
    try:
        runner = CoreAIRunner(opened)
    except Exception as error:  # The runtime's exceptions share no base class.
        raise BadArtifact(f"Core AI cannot run {path}: {error}") from error
    names = runner.function.desc.input_names
    if names != ["image"]:
        raise BadArtifact(f"{path}: the inputs are {names}, expected ['image']")
    return runner
