"""PyTorch's own answers: the unfolded float32 network, which every file is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import torch
from torch import nn

from irrvit.export.pixels import Outputs, image_tensor, one_by_one
from irrvit.export.proof.cases import Case, batch
from irrvit.model.folding.fold import unfolded_input
from irrvit.model.folding.widening import numbers_in, widen
from irrvit.model.outputs import named
from irrvit.model.sources.source import Source

_STABLE = 3e-5  # A third of what a float32 file may be off by.


def reference_runner(source: Source) -> Callable[[np.ndarray], Outputs]:
    """The unfolded float32 network in eval mode: pixels (N, H, W, C) -> each output (N, ...)."""
    return _runner(unfolded_input(source.network, source.input), torch.float32)


def _runner(network: nn.Module, dtype: torch.dtype) -> Callable[[np.ndarray], Outputs]:
    def run(pixels: np.ndarray) -> Outputs:
        with torch.no_grad():
            answer = named(network(image_tensor(pixels).to(dtype)))
        return {name: values.numpy() for name, values in answer.items()}

    return run


def run_reference(source: Source, cases: Iterable[Case]) -> dict[str, Outputs]:
    """Each output (...) by case, one picture at a time, as the files run it."""
    cases = list(cases)
    answers = one_by_one(reference_runner(source), batch(cases))
    return {
        case.name: {name: values[i] for name, values in answers.items()}
        for i, case in enumerate(cases)
    }


def unstable_arrays(
    source: Source, cases: Iterable[Case], reference: Mapping[str, Outputs]
) -> dict[str, str]:
    """The synthetic cases on which PyTorch itself is off in float32, each with a sentence.

    Far from all that it was made for, a network may amplify rounding until a comparison says
    nothing about a file (LeViT with random weights on noise: 3e-2 between float32 and float64).
    Photographs always stay.
    """
    unstable = {}
    for case in cases:
        exact = None if case.is_photograph else in_float64(source, case)
        if exact is None:
            continue
        errors = [
            float(np.abs(values[0] - reference[case.name][name]).max() / np.abs(values[0]).max())
            for name, values in exact.items()
            if values.dtype.kind == "f"
        ]
        error = max(errors, default=0.0)
        if not error <= _STABLE:
            unstable[case.name] = (
                f"the case '{case.name}' was left out: on it PyTorch itself differs by {error:.0e} "
                "between float32 and float64"
            )
    return unstable


def in_float64(source: Source, case: Case) -> Outputs | None:
    """Each output (1, ...) in float64; None if the network cannot be run so."""
    network = unfolded_input(widen(source.network), source.input)
    try:
        with numbers_in(torch.float64):
            return one_by_one(_runner(network, torch.float64), batch([case]))
    except (RuntimeError, TypeError):
        return None
