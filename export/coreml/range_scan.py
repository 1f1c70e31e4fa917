"""Which intermediate values are too large for fp16.

The network runs as if every type were float32, so that an overflow is found by its true value and
not by the infinities and NaNs that follow it. A module's output may be small while a value inside
it is not (github.com/apple/coremltools/issues/2110), and so every value is looked at; but what an
operation adds up inside itself is not seen.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from irrvit.export.coreml.ops.values import Value
from irrvit.export.coreml.program import MilProgram
from irrvit.export.precision import FP16_MAX


def largest(program: MilProgram, inputs: Mapping[str, np.ndarray]) -> list[tuple[Value, float]]:
    """The largest magnitude of each intermediate float, in order; NaN where one holds a NaN."""
    return [
        (value, float(np.abs(result).max(initial=0.0)))
        for value, result in program.trace_unrounded(inputs)
        if result.dtype.kind == "f"
    ]


def scan(program: MilProgram, inputs: Mapping[str, np.ndarray]) -> list[str]:
    """One sentence per value declared fp16 that is beyond its range, or nearer than a factor of 2.

    Values that the program declares float32 are large with its consent and not mentioned.
    """
    kinds = {v.name: op.kind for op in program.operations() for v in op.outputs}
    return _infinite_constants(program) + [
        f"{_verdict(magnitude)} in value '{value.name}' of operation '{kinds[value.name]}'"
        for value, magnitude in largest(program, inputs)
        if value.dtype == "fp16" and not magnitude <= FP16_MAX / 2
    ]


def _verdict(magnitude: float) -> str:
    if np.isnan(magnitude):
        return "not a number"
    if magnitude > FP16_MAX:
        return f"fp16 overflow: {magnitude:.4g} is beyond {FP16_MAX:.0f}"
    return f"close to fp16 overflow: {magnitude:.4g} is more than half of {FP16_MAX:.0f}"


def _infinite_constants(program: MilProgram) -> list[str]:
    """Weights that overflowed when they were written."""
    return [
        f"fp16 overflow: the constant '{name}' holds infinite values"
        for name, value in program.constants.items()
        if isinstance(value, np.ndarray) and value.dtype == np.float16 and np.isinf(value).any()
    ]
