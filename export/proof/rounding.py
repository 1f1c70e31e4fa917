"""How far rounding may take a file from what it computes without, for this very network.

A limit for all networks is that of the worst one, and lets any other be wrong by as much. So the
network is run with the same roundings as the file, by arithmetic that is not the file's own; and a
file may be off by a few times of what that costs: rounding errors of one size, not of one value.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn

from irrvit.export.pixels import together
from irrvit.export.proof.operations import decomposed
from irrvit.export.proof.spread import difference
from irrvit.export.reports import Rounding
from irrvit.model.outputs import named

# Measured over explained is 0.8 to 1.1 for float16 on the networks of the zoo, and up to 1.4 for
# int8, whose runtimes round between the operations of a network otherwise than the file says.
_TIMES = 3.0
# What runtimes may reorder in float32, where nothing is rounded.
_LEAST = 1e-4


def check_rounding(
    outputs: np.ndarray, unrounded: np.ndarray, explained: float, most: float
) -> Rounding:
    """Hold what rounding did to an output (N, ...) of a file to what explains it.

    Args:
        unrounded: of the file's graph in float32 arithmetic.
        explained: what the same roundings cost elsewhere, relative to what decides.
        most: what the precision may cost at all, likewise.
    """
    measured = difference(outputs, unrounded)
    limit = min(most, _TIMES * explained + _LEAST)
    failures = []
    if not measured <= limit:
        why = f"{explained:.1e} explained by its roundings"
        if limit == most:
            why = f"its outputs differ too little for the precision, which may cost {most:.0e}"
        failures.append(
            f"rounding moves the outputs by {measured:.1e} of their spread, at most {limit:.1e} "
            f"expected ({why})"
        )
    return Rounding(measured=measured, explained=explained, limit=limit, failures=tuple(failures))


def all_rounding(by_output: Mapping[str, Rounding]) -> Rounding:
    """That of the output which comes nearest to its limit, with what fails in any."""
    worst = max(by_output.values(), key=lambda one: one.measured / one.limit)
    failures = tuple(
        f"{name}: {failure}" if len(by_output) > 1 else failure
        for name, one in by_output.items()
        for failure in one.failures
    )
    return worst.model_copy(update={"failures": failures})


def explained_by_float16(network: nn.Module, images: Tensor) -> dict[str, float]:
    """What storing every computed value in float16 costs each output, relative to what decides.

    Args:
        network: raw pixels (1, C, H, W) -> outputs; it is run with its numbers in float16.
        images: (N, C, H, W).
    """
    # A program shares its numbers with what it was made of.
    module = copy.deepcopy(decomposed(network, images[:1].contiguous()).module())
    assert isinstance(module, fx.GraphModule)
    with torch.no_grad():
        for number in (*module.parameters(), *module.buffers()):
            if number.is_floating_point():
                number.copy_(number.half().float())
        exact = together([_values(module(image[None])) for image in images])
        rounded = together([_values(_Rounding(module).run(image[None])) for image in images])
    return {name: difference(rounded[name], values) for name, values in exact.items()}


def _values(answer: Any) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in named(answer).items()}


class _Rounding(fx.Interpreter):
    """Runs a graph and stores each operation's results in float16."""

    def run_node(self, n: fx.Node) -> Any:
        return _through_float16(super().run_node(n))


def _through_float16(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.half().float() if value.is_floating_point() else value
    if isinstance(value, tuple | list):
        return type(value)(map(_through_float16, value))
    return value
