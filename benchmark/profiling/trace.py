"""What profilers note, as records: pure, and the same for every runtime."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

Event = Mapping[str, Any]
# Event types of `litert/c/litert_profiler_event.h`: a node that no delegate took, a delegate's.
_NODE, _DELEGATED = 1 << 1, 1 << 3
_KERNEL = "_kernel_time"


class Trace(BaseModel):
    """Some calls of one file under a profiler; microseconds.

    Attributes:
        operators: what the runtime ran in each call, in its order and in its words.
        us: of each call, of each operator.
        total_us: of each call; more than its operators took together.
    """

    model_config = ConfigDict(frozen=True)

    operators: tuple[str, ...]
    us: tuple[tuple[int, ...], ...]
    total_us: tuple[int, ...]


def litert(events: Iterable[Event]) -> Trace:
    """A call begins with the event of the whole; XNNPACK's operators follow one by one."""
    calls: list[tuple[int, list[tuple[str, int]]]] = []
    for event in events:
        if event["tag"] == "Invoke" and event["type"] == 1:
            calls.append((event["us"], []))
        elif event["type"] in (_NODE, _DELEGATED):
            calls[-1][1].append((event["tag"], event["us"]))
    return _trace(calls)


def onnxruntime(events: Iterable[Event]) -> Trace:
    """Kernels by the names of their nodes; a call ends with the event of the whole."""
    return _trace(_onnxruntime_calls(events))


def _onnxruntime_calls(events: Iterable[Event]) -> Iterator[tuple[int, list[tuple[str, int]]]]:
    kernels = []
    for event in events:
        if event["name"] == "model_run":
            yield event["dur"], kernels
            kernels = []
        elif event["cat"] == "Node" and event["name"].endswith(_KERNEL):
            kernels.append((event["name"].removesuffix(_KERNEL), event["dur"]))


def _trace(calls: Iterable[tuple[int, list[tuple[str, int]]]]) -> Trace:
    totals, operators = zip(*calls, strict=True)
    names = {tuple(name for name, _ in call) for call in operators}
    if len(names) != 1:
        raise ValueError("the runtime did not run the same operators in every call")
    return Trace(
        operators=names.pop(),
        us=tuple(tuple(us for _, us in call) for call in operators),
        total_us=totals,
    )
