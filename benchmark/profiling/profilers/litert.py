"""LiteRT's profiler: XNNPACK's operators, one by one, in the order in which it runs them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from irrvit.benchmark.profiling.operation import FileOperation
from irrvit.benchmark.profiling.trace import Call, Event, Trace, from_calls

# Event types of `litert/c/litert_profiler_event.h`: a node that no delegate took, a delegate's.
_NODE, _DELEGATED = 1 << 1, 1 << 3
# Their weights say whose they are; their output may be called after an activation that became part
# of them, or as the file's output is.
_WEIGHTED = ("CONV_2D", "DEPTHWISE_CONV_2D", "TRANSPOSE_CONV", "FULLY_CONNECTED")
# XNNPACK's words for TFLite's; the others begin alike, as in SUB and Subtract.
_XNNPACK = {
    "CONV_2D": ("convolution", "fullyconnected"),
    "DEPTHWISE_CONV_2D": ("convolution",),
    "TRANSPOSE_CONV": ("deconvolution",),
    "BATCH_MATMUL": ("batchmatrixmultiply",),
    "LOGISTIC": ("sigmoid",),
    "RSQRT": ("reciprocalsquareroot",),
    "RESHAPE": ("staticreshape", "copy"),
    "CONCATENATION": ("copy", "concatenate"),
    "MAX_POOL_2D": ("maxpooling",),
    "AVERAGE_POOL_2D": ("averagepooling", "mean"),
    "SQRT": ("squareroot",),
    "SLICE": ("staticslice",),
    "STRIDED_SLICE": ("staticslice",),
    "SPLIT": ("copy", "evensplit"),
    "PAD": ("constantpad",),
    "RELU": ("clamp",),
    "RELU6": ("clamp",),
    "QUANTIZE": ("convert",),
    "DEQUANTIZE": ("convert",),
}


def to_trace(events: Iterable[Event]) -> Trace:
    """A call begins with the event of the whole; XNNPACK's operators follow."""
    calls: list[Call] = []
    for event in events:
        if event["tag"] == "Invoke" and event["type"] == 1:
            calls.append((event["us"], []))
        elif event["type"] in (_NODE, _DELEGATED):
            calls[-1][1].append((event["tag"], event["us"]))
    return from_calls(calls)


def read_operations(path: Path) -> list[FileOperation]:
    """See `irrvit.benchmark.profiling.profiler.Profiler`."""
    from irrvit.export.tflite import graph

    model = graph.read(path.read_bytes())
    tensors = model.subgraphs[0].tensors
    operations = []
    for operator in model.subgraphs[0].operators:
        kind = graph.kind(model, operator)
        indices = [*operator.outputs]
        if kind in _WEIGHTED:
            indices.insert(0, operator.inputs[1])
        paths = (module_path(tensors[i].name.decode()) for i in indices)
        operations.append(FileOperation(kind, next((p for p in paths if p is not None), None)))
    return operations


def module_path(name: str) -> str | None:
    """`/stem.0`, as our TFLite target names a tensor, -> `stem.0`."""
    return name[1:] if name.startswith("/") else None


def to_owners(operators: Sequence[str], operations: Sequence[FileOperation]) -> list[int | None]:
    """Which operation each operator runs, by the longest order that both have in common.

    XNNPACK keeps the order, drops some (a padding goes into its convolution) and adds
    others (a reshape before a layer): these run none of the file's.
    """
    words = [_letters(operator.partition(" (")[0]) for operator in operators]
    return _common(words, [_words(operation.kind) for operation in operations])


def _words(kind: str) -> tuple[str, ...]:
    return (*_XNNPACK.get(kind, ()), _letters(kind))


def _letters(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.lower())


def _common(words: Sequence[str], kinds: Sequence[tuple[str, ...]]) -> list[int | None]:
    """The longest common subsequence; `best[i][j]`: its length from word i and kind j on."""
    best = [[0] * (len(kinds) + 1) for _ in range(len(words) + 1)]
    for i in reversed(range(len(words))):
        for j in reversed(range(len(kinds))):
            both = 1 + best[i + 1][j + 1] if words[i].startswith(kinds[j]) else 0
            best[i][j] = max(both, best[i + 1][j], best[i][j + 1])
    owners: list[int | None] = [None] * len(words)
    i = j = 0
    while i < len(words) and j < len(kinds):
        if words[i].startswith(kinds[j]) and best[i][j] == 1 + best[i + 1][j + 1]:
            owners[i] = j
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return owners
