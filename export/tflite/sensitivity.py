"""What each module loses when it alone is in 8 bits, and which ones to keep in float."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from irrvit.export.manifest import ModuleLoss
from irrvit.export.pixels import one_by_one
from irrvit.export.quantization.rules import Rule, plan
from irrvit.export.tflite.quantize import Quantization

_PICTURES = 20  # For an order of modules; what the whole file loses, parity and accuracy say.
_MUCH = 0.2


def losses(quantization: Quantization, pictures: np.ndarray) -> tuple[ModuleLoss, ...]:
    """Quantize one module after another and compare the logits; the greatest loss first.

    Args:
        pictures: (N, H, W, 3); the first few are used.
    """
    pictures = pictures[:_PICTURES]
    planned = plan(quantization.operations)
    modules: dict[str, dict[str, Rule]] = {}
    for operation in quantization.operations:
        if operation.name in planned:
            modules.setdefault(operation.module, {})[operation.name] = planned[operation.name]
    reference = _run(quantization.content, pictures)
    noise = {
        module: _noise(reference, _run(quantization.write_planned(rules), pictures))
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


def _noise(reference: np.ndarray, candidate: np.ndarray) -> float:
    """Relative to the signal."""
    error = candidate.astype(np.float64) - reference
    return float(np.square(error).sum() / np.square(reference.astype(np.float64)).sum())


def _run(content: bytes, pictures: np.ndarray) -> np.ndarray:
    interpreter = Interpreter(model_content=content, num_threads=1)
    interpreter.allocate_tensors()
    infer = interpreter.get_signature_runner()
    return one_by_one(lambda image: infer(image=image)["logits"].copy(), pictures)
