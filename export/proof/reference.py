"""PyTorch's own answers: the unfolded float32 network, which every file is held against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import numpy as np
import torch

from irrvit.export.pixels import image_tensor
from irrvit.export.proof.cases import Case, batch
from irrvit.model.folding.fold import unfolded_input
from irrvit.model.folding.widening import numbers_in, widen
from irrvit.model.sources.source import Source

_STABLE = 3e-5  # A third of what a float32 file may be off by.


def reference_runner(source: Source) -> Callable[[np.ndarray], np.ndarray]:
    """The unfolded float32 network in eval mode: pixels (N, H, W, 3) -> logits (N, classes)."""
    network = unfolded_input(source.network, source.input)

    def run(pixels: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return network(image_tensor(pixels)).numpy()

    return run


def run_reference(source: Source, cases: Iterable[Case]) -> dict[str, np.ndarray]:
    """Logits (classes,) by case, one picture at a time, as the files run it."""
    run = reference_runner(source)
    return {case.name: run(batch([case]))[0] for case in cases}


def unstable_arrays(
    source: Source, cases: Iterable[Case], reference: Mapping[str, np.ndarray]
) -> dict[str, str]:
    """The synthetic cases on which PyTorch itself is off in float32, each with a sentence.

    Far from all that it was made for, a network may amplify rounding until a comparison says
    nothing about a file (LeViT with random weights on noise: 3e-2 between float32 and float64).
    Photographs always stay.
    """
    unstable = {}
    for case in cases:
        exact = None if case.is_photograph else _in_float64(source, case)
        if exact is None:
            continue
        error = float(np.abs(exact - reference[case.name]).max() / np.abs(exact).max())
        if not error <= _STABLE:
            unstable[case.name] = (
                f"the case '{case.name}' was left out: on it PyTorch itself differs by {error:.0e} "
                "between float32 and float64"
            )
    return unstable


def _in_float64(source: Source, case: Case) -> np.ndarray | None:
    """Logits (classes,) in float64; None if the network cannot be run so."""
    network, picture = unfolded_input(widen(source.network), source.input), batch([case])
    try:
        with torch.no_grad(), numbers_in(torch.float64):
            return network(image_tensor(picture).double())[0].numpy()
    except (RuntimeError, TypeError):
        return None
