"""Forms that Apple's runtime is reported to compute in another way than its documentation says.

A file that has one cannot be proved by an interpreter that computes what is documented, so it is
refused. docs/interpreter.md is the audit that this list comes from.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from irrvit.export.coreml.ops.values import Operation

Constants = Mapping[str, "np.ndarray | str"]


def departure(operation: Operation, constants: Constants) -> str | None:
    """Why Core ML cannot be trusted with this operation; None if nothing is known against it."""
    rule = _RULES.get(operation.kind)
    return None if rule is None else rule(operation, constants)


def _constant(operation: Operation, name: str, constants: Constants) -> np.ndarray | str | None:
    value = operation.inputs.get(name)
    return constants.get(value) if isinstance(value, str) else None


def _mod(operation: Operation, constants: Constants) -> str | None:
    # github.com/kasper0406/stablehlo-coreml/pull/70
    return "its result has the sign of the dividend; write x - floor(x / y) * y"


def _gather_nd(operation: Operation, constants: Constants) -> str | None:
    # github.com/microsoft/onnxruntime/pull/28598
    indices = _constant(operation, "indices", constants)
    if not isinstance(indices, np.ndarray):
        return "with indices that are computed it may take the first slice; index with constants"
    if (indices < 0).any():
        return "it does not count negative indices from the end; index from the start"
    return None


def _pad(operation: Operation, constants: Constants) -> str | None:
    # github.com/apple/coremltools/pull/2701
    mode, pad = (_constant(operation, name, constants) for name in ("mode", "pad"))
    if mode == "constant" or not isinstance(pad, np.ndarray) or not pad[:-4].any():
        return None
    return f"'{mode}' is refused outside the last two axes; pad the last two"


_RULES: Mapping[str, Callable[[Operation, Constants], str | None]] = {
    "gather_nd": _gather_nd,
    "mod": _mod,
    "pad": _pad,
}
