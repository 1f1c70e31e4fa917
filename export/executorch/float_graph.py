"""The numbers of a `.pte` file, which is its own float graph: there is none below float32."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from irrvit.export.executorch import program
from irrvit.export.executorch.runner import ExecuTorchRunner
from irrvit.export.pixels import Outputs
from irrvit.export.proof.storage import Range, Stored, exactly


class ExecuTorchFloatGraph:
    """See `irrvit.export.proof.meaning.FloatGraph`."""

    ranges: Mapping[str, Range]

    def __init__(self, path: Path):
        self._path, self._content = path, path.read_bytes()
        self.ranges = {}
        self.constants: Mapping[str, Stored] = {
            name: Stored(values, exactly)
            for name, values in program.constants(self._content, str(path)).items()
        }

    def run(self, pixels: np.ndarray, constants: Mapping[str, Stored] | None = None) -> Outputs:
        """See `FloatGraph.run`; others are put over their bytes."""
        content = self._content
        for name, stored in (constants or {}).items():
            old = self.constants[name].values
            content = content.replace(old.tobytes(), stored.values.astype(old.dtype).tobytes())
        outputs = program.read(content, str(self._path)).outputs
        return ExecuTorchRunner(self._path, content, outputs).run(pixels)
