"""Core ML: packages in Apple's runtime on macOS, in the project's interpreter elsewhere.

Here it says what a package answers, to be held against a phone; how fast it is on this machine is
nobody's question.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.worker import linear
from irrvit.benchmark.worker.runtime import LINEAR, flat

PACKAGE = "coremltools"
EXTRA = "coreml"
SUFFIX = ".mlpackage"


class CoreML:
    """See `irrvit.benchmark.worker.runtime.LoadedFile`."""

    def __init__(self, version: str, run: Callable[[np.ndarray], Mapping[str, np.ndarray]]):
        self.version, self._pixels = version, np.zeros((0,), np.float32)
        self.call = lambda: run(self._pixels)

    def set(self, pixels: np.ndarray) -> None:
        self._pixels = pixels

    def logits(self) -> np.ndarray:
        return flat(self.call())

    def placement(self) -> dict[str, Any]:
        return {}


def load(path: str, threads: int) -> CoreML:
    """See `irrvit.benchmark.worker.runtime.Runtime`."""
    if path.startswith(LINEAR):
        with tempfile.TemporaryDirectory(prefix="irrvit-bench-") as folder:
            package = Path(folder) / f"linear{SUFFIX}"
            write_linear(int(path.removeprefix(LINEAR)), package)
            return CoreML(*_open(package))
    from irrvit.export.targets import coreml

    runner = coreml.load(Path(path))
    return CoreML(runner.name, runner.run)


def _open(package: Path) -> tuple[str, Callable[[np.ndarray], Mapping[str, np.ndarray]]]:
    """What eats numbers, where a network eats a picture."""
    if sys.platform == "darwin":
        from irrvit.export.coreml.tools import coremltools

        model = coremltools.models.MLModel(str(package))
        return "coreml", lambda values: model.predict({"image": values})
    from irrvit.export.coreml import program

    loaded = program.load(package)
    return "mil-reference", lambda values: loaded.run({"image": values})


def write_linear(size: int, package: Path) -> None:
    """Write a linear layer as a package: `image` (size, size) times `linear.weights` -> `logits`.

    In float16, as packages for phones are.
    """
    from irrvit.export.coreml.tools import coremltools as ct

    Builder = ct.converters.mil.Builder
    # A layer of Core ML has its weights the other way round.
    weights = np.ascontiguousarray(linear.weights(size).T)

    @Builder.program(
        input_specs=[Builder.TensorSpec(shape=(size, size))], opset_version=ct.target.iOS16
    )
    def layer(image: Any) -> Any:
        return Builder.linear(x=image, weight=weights, name="logits")

    with redirect_stderr(io.StringIO()):  # Its progress bars.
        ct.convert(
            layer,
            convert_to="mlprogram",
            compute_precision=ct.precision.FLOAT16,
            minimum_deployment_target=ct.target.iOS16,
            skip_model_load=True,
        ).save(str(package))
