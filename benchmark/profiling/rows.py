"""What the modules of a network took, from a trace of its runtime and what its file says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from irrvit.benchmark.profiling import attribution, profiler
from irrvit.benchmark.profiling.attribution import OTHER
from irrvit.benchmark.profiling.operation import FileOperation
from irrvit.benchmark.profiling.records import ProfileRow
from irrvit.benchmark.profiling.trace import Trace
from irrvit.benchmark.subject import Subject
from irrvit.model.network import variants


def to_rows(
    trace: Trace, operations: Sequence[FileOperation], subject: Subject
) -> tuple[ProfileRow, ...]:
    """Sum up by module, in the order of the file; what is nobody's comes last, never left out."""
    is_ours = subject.name.partition("+")[0] in variants.names()
    module_of = attribution.irrvit_module if is_ours else attribution.any_module
    owners = profiler.get(subject.runtime).to_owners(trace.operators, operations)
    modules = attribution.modules(owners, operations, module_of)
    us, rest_us = _middle_half(trace)
    in_file = [module_of(one.path) for one in operations if one.path is not None]
    order = [name for name in dict.fromkeys(in_file) if name in modules]
    own = {name: [i for i, module in enumerate(modules) if module == name] for name in order}
    nobodys = [i for i, module in enumerate(modules) if module == OTHER]
    rows = [_row(name, own[name], us[own[name]].sum(), trace) for name in order]
    rows.append(_row(OTHER, nobodys, us[nobodys].sum() + rest_us, trace))
    return tuple(rows)


def _row(module: str, own: Sequence[int], us: float, trace: Trace) -> ProfileRow:
    on = Counter(trace.accelerators[i] for i in own) if trace.accelerators else None
    return ProfileRow(module=module, operations=len(own), ms=us / 1000, nodes_on=on and dict(on))


def _middle_half(trace: Trace) -> tuple[np.ndarray, float]:
    """What each operator took, and what passed between them or was rounded off; microseconds.

    Means of the middle half of the calls: what disturbed one drops out, and sums stay sums.
    """
    totals = np.array(trace.total_us)
    quarter = len(totals) // 4
    middle = np.argsort(totals)[quarter : len(totals) - quarter]
    us = np.array(trace.us, np.float64)[middle].mean(axis=0)
    return us, float(totals[middle].mean() - us.sum())
