"""Small programs made with coremltools' builder, and two ways to compute them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from irrvit.export.coreml.program import MilProgram
from irrvit.export.coreml.reader import list_function
from irrvit.export.coreml.tools import coremltools

_mil = coremltools.converters.mil
_TYPES = {
    np.dtype(np.float16): _mil.mil.types.fp16,
    np.dtype(np.float32): _mil.mil.types.fp32,
    np.dtype(np.int32): _mil.mil.types.int32,
    np.dtype(np.bool_): _mil.mil.types.bool,
}


def _build(build: Callable, arrays: Sequence[np.ndarray], target: str) -> Any:
    specs = [_mil.Builder.TensorSpec(a.shape, _TYPES[a.dtype]) for a in arrays]
    make = _mil.Builder.program(
        input_specs=specs, opset_version=getattr(coremltools.target, target)
    )
    return make(build)


@pytest.fixture(scope="session")
def mb() -> Any:
    """coremltools' builder of programs."""
    return _mil.Builder


@pytest.fixture(scope="session")
def make_program() -> Callable[..., MilProgram]:
    """`build` takes variables named x, y, ... of the arrays' shapes and returns variables."""

    def make(build: Callable, *arrays: np.ndarray, target: str = "iOS16") -> MilProgram:
        return MilProgram(list_function(_build(build, arrays, target).functions["main"]))

    return make


@pytest.fixture(scope="session")
def interpret(make_program: Callable[..., MilProgram]) -> Callable[..., list[np.ndarray]]:
    """What our interpreter makes of it."""

    def run(build: Callable, *arrays: np.ndarray, target: str = "iOS16") -> list[np.ndarray]:
        program = make_program(build, *arrays, target=target)
        names = [value.name for value in program.inputs]
        outputs = program.run(dict(zip(names, arrays, strict=True)))
        return [outputs[value.name] for value in program.outputs]

    return run


@pytest.fixture(scope="session")
def fold_constants() -> Callable[..., list[np.ndarray]]:
    """What coremltools' own constant folding makes of it: an oracle that is not ours."""

    def run(build: Callable, *arrays: np.ndarray, target: str = "iOS16") -> list[np.ndarray]:
        folded: list[np.ndarray] = []

        def of_constants(dummy: Any) -> Any:
            results = build(*[_mil.Builder.const(val=array) for array in arrays])
            results = results if isinstance(results, (list, tuple)) else [results]
            assert all(result.val is not None for result in results), "coremltools does not fold it"
            folded.extend(np.asarray(result.val) for result in results)
            return _mil.Builder.identity(x=dummy)

        _build(of_constants, [np.zeros(1, np.float32)], target)
        return folded

    return run
