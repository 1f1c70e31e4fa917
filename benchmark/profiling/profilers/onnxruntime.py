"""onnxruntime's profiler: a trace of every kernel, by the names of the nodes that it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from irrvit.benchmark.profiling.operation import FileOperation
from irrvit.benchmark.profiling.trace import Call, Event, Trace, from_calls

_KERNEL = "_kernel_time"
# Those that it makes part of the convolution before them.
_ACTIVATIONS = ("Relu", "Clip", "HardSwish", "Sigmoid", "LeakyRelu")
# How it names what it makes of nodes: fused, or in a layout of its own.
_FUSED = re.compile(r"^(?:fused )?(.*?)(?:/MatMulAddFusion|_nchwc)?$")


def to_trace(events: Iterable[Event]) -> Trace:
    """A call ends with the event of the whole."""
    return from_calls(_calls(events))


def _calls(events: Iterable[Event]) -> Iterator[Call]:
    kernels = []
    for event in events:
        if event["name"] == "model_run":
            yield event["dur"], kernels
            kernels = []
        elif event["cat"] == "Node" and event["name"].endswith(_KERNEL):
            kernels.append((event["name"].removesuffix(_KERNEL), event["dur"]))


def read_operations(path: Path) -> list[FileOperation]:
    """See `irrvit.benchmark.profiling.profiler.Profiler`."""
    import onnx

    operations: dict[str, FileOperation] = {}  # By what they make.
    for node in onnx.load(path, load_external_data=False).graph.node:
        module, named, _ = node.name.partition("/")
        before = operations.get(node.input[0]) if node.input else None
        if node.op_type in _ACTIVATIONS and before is not None and before.kind == "Conv":
            owner = before.path
        else:
            owner = module if named else None
        operation = FileOperation(node.op_type, owner, (node.name, *node.output))
        operations |= dict.fromkeys(node.output, operation)
    return list(dict.fromkeys(operations.values()))


def to_owners(operators: Sequence[str], operations: Sequence[FileOperation]) -> list[int | None]:
    """Which operation each kernel runs, by the name of the node or of what it makes."""
    by_name = {name: i for i, operation in enumerate(operations) for name in operation.names}
    return [by_name.get(_FUSED.sub(r"\1", operator)) for operator in operators]
