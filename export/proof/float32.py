"""What float32 costs a network in PyTorch itself: no file can be asked to be nearer than that.

Some networks amplify rounding, more so with random weights. One limit for all would refuse their
right files; so where PyTorch in float32 is itself far from PyTorch in float64, a file may be a few
times as far from it, and that is said. For any other network the limits stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from irrvit.export.precision import Tolerance
from irrvit.export.proof.compare import sqnr_db
from irrvit.export.proof.comparison import Comparison
from irrvit.export.proof.reference import in_float64
from irrvit.export.proof.spread import scales_by_case
from irrvit.model.sources.source import Source

_TIMES = 3.0  # Errors of one size, not of one value; as for rounding below float32.
_MOST = 10.0  # However it amplifies: beyond that nothing is proved.


@dataclass(frozen=True)
class Cost:
    """Of one output, on the photographs: the largest error, relative to what decides, and noise."""

    relative: float
    sqnr_db: float


def float32_cost(source: Source, comparison: Comparison) -> dict[str, Cost]:
    """How far PyTorch in float32 is from float64, by output; empty if it cannot be run so."""
    photographs = [case for case in comparison.cases if case.is_photograph]
    exact = {case.name: in_float64(source, case) for case in photographs}
    costs = {}
    for output in comparison.outputs:
        said = {name: answer[output.name] for name, answer in comparison.by_case.items()}
        scales, errors, noise = scales_by_case(said), [0.0], [np.inf]
        for name, answer in exact.items():
            if answer is None or output.dtype != "float32":
                return {}
            wide = np.asarray(answer[output.name][0], np.float64)
            error = said[name] - wide
            errors.append(float(np.abs(error).max()) / (scales.get(name) or np.inf))
            noise.append(sqnr_db(wide, error))
        costs[output.name] = Cost(max(errors), min(noise))
    return costs


def widened(tolerances: Mapping[str, Tolerance], costs: Mapping[str, Cost]) -> dict[str, Tolerance]:
    """The limits of a float32 file, by output, by what float32 costs each."""
    return {
        name: _widened(tolerance, costs[name]) if name in costs else tolerance
        for name, tolerance in tolerances.items()
    }


def _widened(tolerance: Tolerance, cost: Cost) -> Tolerance:
    explained = min(_TIMES * cost.relative, _MOST * tolerance.max_rel)
    noise = max(cost.sqnr_db - 20 * np.log10(_TIMES), tolerance.min_sqnr_db - 20 * np.log10(_MOST))
    return tolerance.model_copy(
        update={
            "max_rel": max(tolerance.max_rel, explained),
            "min_sqnr_db": min(tolerance.min_sqnr_db, float(noise)),
        }
    )
