"""Every value that an `.aimodel` computes, as the runtime's own logger sees it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from coreai.authoring.asset import AIModelAsset
from coreai.runtime import AIModel, CompileIdentifiers, IntermediateLogger, NDArray

from irrvit.export.coreai.program import MAIN
from irrvit.export.coreai.runner import in_a_loop, runnable
from irrvit.export.pixels import image_tensor


def trace(path: Path, pixels: np.ndarray) -> Iterator[tuple[str, np.ndarray]]:
    """Every result of what the compiler made of the file: its fusions are not taken apart."""
    image = image_tensor(pixels).contiguous().numpy()
    with runnable(path) as opened:
        yield from in_a_loop(_traced(opened, image))


async def _traced(opened: AIModelAsset, image: np.ndarray) -> list[tuple[str, np.ndarray]]:
    values: list[tuple[str, np.ndarray]] = []

    def note(arrays: list[Any], kind: str, identifiers: CompileIdentifiers) -> None:
        if kind == "output":
            # Copied: the runtime uses the memory again.
            kept = [np.array(NDArray._wrap(array).numpy()) for array in arrays if array is not None]
            values.extend((f"{identifiers.id}.{i}", value) for i, value in enumerate(kept))

    with TemporaryDirectory(suffix=".aimodelx") as folder:
        opened._write_odix(Path(folder), enable_debug_info=True)
        model = await AIModel.load(folder)
        every = [
            CompileIdentifiers(operation["odixId"])
            for record in json.loads(model._debug_infos)
            for operation in record["operations"]
        ]
        function = model.load_function(MAIN, IntermediateLogger(every, note))
        await function({"image": NDArray(image)})
    return values
