"""An `.aimodel` in float32 arithmetic, with the numbers as they are stored."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from irrvit.export.coreai import constants, program, runner
from irrvit.export.coreai.half import widen
from irrvit.export.coreai.tables import expand
from irrvit.export.pixels import Outputs
from irrvit.export.proof.storage import Bound, Range, Stored, as_float16, by_table, exactly


class CoreAIFloatGraph:
    """See `irrvit.export.proof.meaning.FloatGraph`.

    A constant has no name but its place: a file of half precision has those of its twin.
    """

    def __init__(self, path: Path):
        self._path = path
        self.ranges: Mapping[str, Range] = {}  # Every computed value is a float.
        read = program.load(path)
        tables = expand(read)
        self.constants: Mapping[str, Stored] = {
            f"{number} ({'x'.join(map(str, values.shape)) or 'a number'})": Stored(
                values.astype(np.float32), _bound(values, tables.get(number))
            )
            for number, values in enumerate(constants.read(read))
        }

    def run(self, pixels: np.ndarray, constants: Mapping[str, Stored] | None = None) -> Outputs:
        """See `FloatGraph.run`."""
        widened = self._widened({**self.constants, **(constants or {})})
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"widened{self._path.suffix}"
            program.save(widened, path)
            return runner.load(path).run(pixels)

    def _widened(self, numbers: Mapping[str, Stored]) -> program.Program:
        widened = program.load(self._path)
        expand(widened)
        widen(widened)
        operations = constants.floats(widened)
        for operation, stored in zip(operations, numbers.values(), strict=True):
            constants.replace(operation, stored.values)
        return widened


def _bound(values: np.ndarray, table: np.ndarray | None) -> Bound:
    if table is not None:
        return by_table(table)
    return as_float16 if values.dtype == np.float16 else exactly
