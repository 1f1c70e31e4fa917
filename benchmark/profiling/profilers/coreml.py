"""Core ML's estimate: what `MLComputePlan` expects each operation to cost, and where it runs.

Nothing is measured: Apple gives no time of a single operation. A package keeps no names of modules,
but most values bear the name that `torch.export` gave their operation, so that the network is
exported once more, as it was for the package, and asked which module each operation is of.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from pathlib import Path

from irrvit.benchmark.profiling.operation import FileOperation
from irrvit.benchmark.profiling.trace import Event, Trace

# What coremltools adds to a name when it computes in another type.
_TYPED = re.compile(r"_cast_fp(?:16|32)$")


def to_trace(events: Iterable[Event]) -> Trace:
    """The estimate as one call that takes 1: each operation takes its share."""
    steps = list(events)
    weights = [float(step["cost"] or 0) for step in steps]
    # Apple promises shares of the whole; whatever they sum up to is the whole.
    whole = sum(weights) or 1.0
    return Trace(
        operators=tuple(step["name"] for step in steps),
        us=(tuple(weight / whole for weight in weights),),
        total_us=(1.0,),
        accelerators=tuple(step["unit"] for step in steps),
    )


def read_operations(path: Path) -> list[FileOperation]:
    """See `irrvit.benchmark.profiling.profiler.Profiler`."""
    from irrvit.export import artifact
    from irrvit.export.coreml import program

    paths = _module_paths(artifact.open(path.parent).manifest.model)
    operations = program.load(path).operations()
    places = {name: i for i, name in enumerate(paths)}
    found = [places.get(_TYPED.sub("", op.name)) for op in operations]
    # coremltools numbers what it makes itself as PyTorch does: a "transpose_9" may be of either.
    sure = longest_rising(found)
    modules = list(paths.values())
    owners = [
        modules[place] if i in sure and place is not None else None for i, place in enumerate(found)
    ]
    return [
        FileOperation(op.kind, owner, (op.name,))
        for op, owner in zip(operations, owners, strict=True)
    ]


def longest_rising(places: Sequence[int | None]) -> set[int]:
    """The positions of a longest series that rises: both list the operations in their order."""
    series: list[
        tuple[int, ...]
    ] = []  # For each length, the positions of the one that ends lowest.
    ends: list[int] = []
    for i, place in enumerate(places):
        if place is not None:
            length = bisect_left(ends, place)
            longer = (*(series[length - 1] if length else ()), i)
            ends[length : length + 1], series[length : length + 1] = [place], [longer]
    return set(series[-1]) if series else set()


def _module_paths(model: str) -> dict[str, str]:
    """The module of each operation of a network, in order, by the name of `torch.export`."""
    import torch

    from irrvit.export.pixels import image_tensor
    from irrvit.export.proof.cases import batch, parity_cases, photographs
    from irrvit.model import sources
    from irrvit.model.errors import ModelError
    from irrvit.model.folding.check import fold_checked

    try:
        source = sources.load(model)
    except ModelError:  # Its file is not here any more: nobody knows.
        return {}
    spec = source.input
    # What folding leaves out depends on how far it takes these pictures.
    pictures = image_tensor(batch(photographs(parity_cases(spec))[:2]))
    folded, _ = fold_checked(source.network, spec, pictures)
    example = torch.zeros(1, 3, spec.height, spec.width)
    with torch.no_grad():
        exported = torch.export.export(folded, (example,), strict=False).run_decompositions({})
    return {
        node.name: _path(node.meta.get("nn_module_stack") or {})
        for node in exported.graph.nodes
        if node.op == "call_function"
    }


def _path(stack: dict[str, tuple[str, object]]) -> str:
    innermost = next((name for name, _ in reversed(stack.values())), "")
    return innermost.removeprefix("L['self'].").removeprefix("network.")


def to_owners(operators: Sequence[str], operations: Sequence[FileOperation]) -> list[int | None]:
    """Which operation each step of the plan is: both are named after the first value made."""
    by_name = {name: i for i, operation in enumerate(operations) for name in operation.names}
    return [by_name.get(operator) for operator in operators]
