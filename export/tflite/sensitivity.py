"""What each module loses when it alone is in 8 bits, and which ones to keep in float."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from irrvit.export.manifest import ModuleLoss
from irrvit.export.pixels import Outputs
from irrvit.export.quantization.rules import Rule, plan
from irrvit.export.tflite.quantize import Quantization
from irrvit.export.tflite.runner import TFLiteRunner

_PICTURES = 20  # For an order of modules; what the whole file loses, parity and accuracy say.
_MUCH = 0.2


def losses(quantization: Quantization, pictures: np.ndarray) -> tuple[ModuleLoss, ...]:
    """Quantize one module after another and compare the outputs; the greatest loss first.

    Args:
        pictures: (N, H, W, 3); the first few are used.
    """
    pictures = pictures[:_PICTURES]
    planned = plan(quantization.operations)
    modules: dict[str, dict[str, Rule]] = {}
    for operation in quantization.operations:
        if operation.name in planned:
            modules.setdefault(operation.module, {})[operation.name] = planned[operation.name]
    reference = TFLiteRunner(quantization.content).run(pictures)
    noise = {
        module: _noise(reference, TFLiteRunner(quantization.write_planned(rules)).run(pictures))
        for module, rules in modules.items()
    }
    return ranked(noise)


def ranked(noise: Mapping[str, float]) -> tuple[ModuleLoss, ...]:
    """Noise adds up: a module that makes a fifth of all of it is better kept in float.

    What belongs to no module, "", has no name to keep it by.
    """
    whole = sum(noise.values())
    rows = [
        ModuleLoss(
            module=module,
            sqnr_db=float(-10 * np.log10(max(one, 1e-30))),
            keep_float=bool(module) and one > _MUCH * whole > 0,
        )
        for module, one in noise.items()
    ]
    return tuple(sorted(rows, key=lambda row: row.sqnr_db))


def _noise(reference: Outputs, candidate: Outputs) -> float:
    """Relative to the signal; of several outputs, the mean."""
    shares = []
    for name, exact in reference.items():
        error = candidate[name].astype(np.float64) - exact
        shares.append(np.square(error).sum() / np.square(exact.astype(np.float64)).sum())
    return float(np.mean(shares))
