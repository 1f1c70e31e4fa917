"""How far rounding may take a file from what it computes without, for this very network.

A limit for all networks is that of the worst one, and lets any other be wrong by as much. So the
network is run with the same roundings as the file, by arithmetic that is not the file's own; and a
file may be off by a few times of what that costs: rounding errors of one size, not of one value.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn

from irrvit.export.proof.operations import decomposed
from irrvit.export.proof.spread import difference
from irrvit.export.reports import Rounding

# Measured over explained is 0.8 to 1.1 for float16 on the networks of the zoo, and up to 1.4 for
# int8, whose runtimes round between the operations of a network otherwise than the file says.
_TIMES = 3.0
# What runtimes may reorder in float32, where nothing is rounded.
_LEAST = 1e-4


def check_rounding(
    outputs: np.ndarray, unrounded: np.ndarray, explained: float, most: float
) -> Rounding:
    """Hold what rounding did to the outputs (N, ...) of a file to what explains it.

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


def explained_by_float16(network: nn.Module, images: Tensor) -> float:
    """What storing every computed value in float16 costs the outputs, relative to what decides.

    Args:
        network: raw pixels (1, 3, H, W) -> outputs; it is run with its numbers in float16.
        images: (N, 3, H, W).
    """
    # A program shares its numbers with what it was made of.
    module = copy.deepcopy(decomposed(network, images[:1].contiguous()).module())
    assert isinstance(module, fx.GraphModule)
    with torch.no_grad():
        for number in (*module.parameters(), *module.buffers()):
            if number.is_floating_point():
                number.copy_(number.half().float())
        exact = [module(image[None]) for image in images]
        rounded = [_Rounding(module).run(image[None]) for image in images]
    return difference(torch.cat(rounded).numpy(), torch.cat(exact).numpy())


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
