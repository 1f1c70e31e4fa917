"""A Core ML program in float32 arithmetic, with the numbers as they are stored."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from irrvit.export.coreml.program import MilProgram
from irrvit.export.coreml.reader import Listing, read
from irrvit.export.coreml.runners import inputs
from irrvit.export.pixels import Outputs, one_by_one
from irrvit.export.proof.storage import Bound, Range, Stored, as_float16, exactly

# What coremltools appends to the names of constants that it stores in fewer bits.
_FEWER_BITS = re.compile(r"(_to_fp16)?(_palettized|_quantized)?$")


class MilFloatGraph:
    """See `irrvit.export.proof.meaning.FloatGraph`."""

    def __init__(self, path: Path):
        self._listing = read(path)
        self._own = {_FEWER_BITS.sub("", name): name for name in _numbers(self._listing)}
        self.ranges: Mapping[str, Range] = {}  # Every computed value is a float.
        self.constants: Mapping[str, Stored] = {
            shared: Stored(
                np.asarray(self._listing.constants[own], np.float32), _bound(self._listing, own)
            )
            for shared, own in self._own.items()
        }

    def run(self, pixels: np.ndarray, constants: Mapping[str, Stored] | None = None) -> Outputs:
        """See `FloatGraph.run`."""
        given = {self._own[name]: stored.values for name, stored in (constants or {}).items()}
        program = MilProgram(replace(self._listing, constants={**self._listing.constants, **given}))
        return one_by_one(lambda one: program.run_unrounded(inputs(one)), pixels)


def _numbers(listing: Listing) -> list[str]:
    """The floating-point constants that an operation reads: those of a table's making are not."""
    read_by = {
        name
        for operation in listing.operations
        for names in operation.inputs.values()
        for name in ((names,) if isinstance(names, str) else names)
    }
    return [
        name
        for name, value in listing.constants.items()
        if name in read_by and isinstance(value, np.ndarray) and value.dtype.kind == "f"
    ]


def _bound(listing: Listing, name: str) -> Bound:
    if name in listing.bounds:
        return listing.bounds[name]
    value = listing.constants[name]
    assert isinstance(value, np.ndarray)
    return as_float16 if value.dtype == np.float16 else exactly
