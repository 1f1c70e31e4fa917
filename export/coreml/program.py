"""A Core ML program, loaded from its package and run over torch operations.

Every operation is computed in float32 and its result rounded to the type the program declares, so
a fp16 program is emulated with fp16 storage of every intermediate value. What agreement proves:
that the file holds the network (its weights, graph and attributes) and that its values fit and
survive fp16 storage. What it does not: the order and width in which the Neural Engine accumulates
inside one operation are not public, nor are its approximations of exp, erf and the like, nor
which operations it fuses and so rounds less often. Only a device tells those.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from irrvit.export.coreml.departures import departure
from irrvit.export.coreml.ops.table import OPERATIONS
from irrvit.export.coreml.ops.values import (
    Operation,
    UnsupportedValue,
    Value,
    check,
    hold,
    leave_unrounded,
    round_as_declared,
)
from irrvit.export.coreml.reader import Listing, read
from irrvit.export.errors import UnsupportedOp


@dataclass(frozen=True)
class _Step:
    """An operation ready to run.

    Attributes:
        constants: arguments known beforehand.
        tensors, plain: parameters to names of values computed before; plain ones are handed on
            as Python numbers.
        unused: values that no later step reads.
    """

    operation: Operation
    function: Callable
    constants: dict[str, object]
    tensors: dict[str, str | tuple[str, ...]]
    plain: dict[str, str]
    unused: tuple[str, ...]

    def run(self, values: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        arguments = dict(self.constants)
        for parameter, names in self.tensors.items():
            arguments[parameter] = (
                values[names] if isinstance(names, str) else [values[name] for name in names]
            )
        for parameter, name in self.plain.items():
            arguments[parameter] = values[name].tolist()
        try:
            results = self.function(**arguments)
        except UnsupportedValue as error:
            raise _unsupported(self.operation, str(error)) from error
        return (results,) if isinstance(results, Tensor) else results


class MilProgram:
    """A program ready to run, any number of times."""

    def __init__(self, listing: Listing):
        self.inputs = listing.inputs
        self.outputs = listing.outputs
        self.constants = listing.constants
        self._operations = listing.operations
        self._held = {
            name: hold(value)
            for name, value in listing.constants.items()
            if isinstance(value, np.ndarray)
        }
        last_use = _last_use(listing)
        self._steps = [
            self._prepare(operation, last_use.get(index, ()))
            for index, operation in enumerate(listing.operations)
        ]

    def operations(self) -> tuple[Operation, ...]:
        """The operations in order, constants left out."""
        return self._operations

    def run(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute the outputs, rounding every value as declared."""
        return self._outputs(inputs, round_as_declared)

    def run_unrounded(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Compute the outputs in float32 arithmetic, whatever the program declares."""
        return self._outputs(inputs, leave_unrounded)

    def trace(self, inputs: Mapping[str, np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
        """Yield every intermediate value by name, in order, rounded as declared."""
        for value, result in self._evaluate(inputs, round_as_declared):
            yield value.name, result.numpy()

    def trace_unrounded(
        self, inputs: Mapping[str, np.ndarray]
    ) -> Iterator[tuple[Value, np.ndarray]]:
        """Yield every intermediate value as it would be if all types were float32."""
        for value, result in self._evaluate(inputs, leave_unrounded):
            yield value, result.numpy()

    def _outputs(
        self, inputs: Mapping[str, np.ndarray], settle: Callable[[Tensor, str], Tensor]
    ) -> dict[str, np.ndarray]:
        wanted = {value.name for value in self.outputs}
        computed = {
            value.name: result.numpy()
            for value, result in self._evaluate(inputs, settle)
            if value.name in wanted
        }
        # An output may be one of the constants: what a network says whatever it sees.
        return {name: self._held[name].numpy() for name in wanted - computed.keys()} | computed

    def _prepare(self, operation: Operation, unused: tuple[str, ...]) -> _Step:
        if why := departure(operation, self.constants):
            raise UnsupportedOp(
                "Apple's runtime is known to depart from its documentation in the Core ML "
                f"operation '{operation.kind}' (value '{operation.name}'): {why}"
            )
        function = OPERATIONS.get(operation.kind)
        if function is None:
            raise _unsupported(operation, "it is not in the interpreter's table")
        parameters = inspect.signature(function).parameters
        step = _Step(operation, function, {}, {}, {}, unused)
        for parameter, names in operation.inputs.items():
            if parameter not in parameters:
                raise _unsupported(operation, f"the interpreter does not know its '{parameter}'")
            # Annotations are strings: every module defers their evaluation.
            if "Tensor" in parameters[parameter].annotation:
                step.tensors[parameter] = names
            elif not isinstance(names, str):
                raise _unsupported(operation, f"several values for '{parameter}'")
            elif names in self.constants:
                constant = self.constants[names]
                step.constants[parameter] = (
                    constant if isinstance(constant, str) else constant.tolist()
                )
            else:
                step.plain[parameter] = names
        return step

    def _evaluate(
        self, inputs: Mapping[str, np.ndarray], settle: Callable[[Tensor, str], Tensor]
    ) -> Iterator[tuple[Value, Tensor]]:
        values = dict(self._held)
        for value in self.inputs:
            held = hold(inputs[value.name])
            if tuple(held.shape) != value.shape:
                raise ValueError(
                    f"input '{value.name}': got {tuple(held.shape)}, expected {value.shape}"
                )
            values[value.name] = settle(held, value.dtype)
        for step in self._steps:
            with torch.inference_mode():
                results = step.run(values)
                for value, result in zip(step.operation.outputs, results, strict=True):
                    check(result, value)
                    values[value.name] = settle(result, value.dtype)
            for value in step.operation.outputs:
                yield value, values[value.name]
            for name in step.unused:
                del values[name]


def load(path: Path) -> MilProgram:
    """Read a `.mlpackage`.

    Raises:
        BadArtifact: it is damaged, or no ML program.
        UnsupportedOp: naming an operation, or an input of one, that the interpreter lacks.
    """
    return MilProgram(read(path))


def _last_use(listing: Listing) -> dict[int, tuple[str, ...]]:
    """Index of an operation -> the values that may be dropped after it."""
    last: dict[str, int] = {}
    for index, operation in enumerate(listing.operations):
        for value in operation.outputs:
            last[value.name] = index
        for names in operation.inputs.values():
            for name in (names,) if isinstance(names, str) else names:
                last[name] = index
    kept = {*listing.constants, *(value.name for value in listing.outputs)}
    drops: dict[int, tuple[str, ...]] = {}
    for name, index in last.items():
        if name not in kept:
            drops[index] = (*drops.get(index, ()), name)
    return drops


def _unsupported(operation: Operation, why: str) -> UnsupportedOp:
    return UnsupportedOp(
        f"the reference interpreter cannot run the Core ML operation '{operation.kind}' "
        f"(value '{operation.name}'): {why}; please report it with the network's name"
    )
