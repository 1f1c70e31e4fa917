"""What Google's `benchmark_model` prints -> records; pure, and nothing here raises.

Every form since 2018, by the sources of TensorFlow (`lite/tools/benchmark`) and of LiteRT
(`tflite/tools/benchmark`, `litert/tools/benchmark_litert_model.h`):

    Initialized session in 4.452ms
    count=1 curr=146161
    count=50 first=137789 curr=137254 min=137079 max=143416 avg=137722 std=896

are lines of all of them, and then a summary, of 2018, of 2019, since 2020, and of LiteRT's own:

    Average inference timings in us: Warmup: 146161, Init: 4452, no stats: 137722
    Average inference timings in us: Warmup: 91471, Init: 4108, Inference: 80660.1
    Inference timings in us: Init: 17, First inference: 35, Warmup (avg): 35, Inference (avg): 29
    Model initialization: 4.48 ms ... Inference (avg):      0.46 ms (2112 runs)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from irrvit.benchmark import plausible


@dataclass(frozen=True)
class ToolRun:
    """What one run of the tool printed.

    Attributes:
        calls: None where it does not tell, and there were as many as it was asked for.
        peak_memory_bytes: only where it was asked to watch.
        nodes_delegated: by the delegate of `accelerator`.
    """

    calls: int | None
    mean_ms: float
    init_ms: float
    peak_memory_bytes: int | None
    accelerator: str
    nodes_total: int | None
    nodes_delegated: int | None
    partitions: int | None


@dataclass(frozen=True)
class ToolOp:
    """An operation of its profile, mean over its calls."""

    kind: str
    mean_ms: float


def tool_run(text: str) -> ToolRun | None:
    """The output of the tool; None if it has no result."""
    timed, init_ms = _timed(text), _init_ms(text)
    if timed is None or init_ms is None:
        return None
    calls, mean_ms = timed
    peak = re.search(_PEAK, text)
    peak_mb = plausible.within(plausible.number(peak[1]) if peak else None, _PEAK_MB)
    placed = list(_replaced(text))
    accelerator = "gpu" if _is_on_gpu(text, placed) else "cpu"
    total, delegated, partitions = _delegated(placed, accelerator)
    return ToolRun(
        calls=calls,
        mean_ms=mean_ms,
        init_ms=init_ms,
        peak_memory_bytes=round(peak_mb * 2**20) if peak_mb else None,
        accelerator=accelerator,
        nodes_total=total,
        nodes_delegated=delegated,
        partitions=partitions,
    )


# "Applied" alone was its word until 2019; LiteRT's own says nothing but what was replaced.
_TOLD = r"GPU delegate(?: is explicitly applied,|, and) the model graph will (not )?be .*?executed"
_PEAK_MB: plausible.Range = (0.0, plausible.MOST_BYTES / 2**20)
_PEAK = r"(?:peak memory footprint \(MB\) via periodic monitoring:|Peak memory:) +([\d.]+)"
# Where what it says of its calls ends: profiles have statistics too.
_AFTER_CALLS = r"nference timings in us|BENCHMARK RESULTS|Profiling Info for|={10,} Run Order"
_IN_US = r"nference timings in us: .*?(?:no stats|Inference|Inference \(avg\)): ([\d.e+]+)"
_IN_MS = r"Inference \(avg\): +([\d.]+) ms"


def _is_on_gpu(text: str, placed: Sequence[_Replaced]) -> bool:
    told = re.search(_TOLD, text)
    if told is not None:
        return told[1] is None
    return "Applied GPU delegate." in text or any(one.delegate == "gpu" for one in placed)


def _timed(text: str) -> tuple[int | None, float] | None:
    """How many calls, and their mean in milliseconds.

    Statistics are of the warmup and then of the run. It may die between the two, so one of them
    counts only beside a summary. One call has no spread, nor have calls that are all alike.
    """
    counts = re.findall(r"\bcount=(\d{1,9})\b(.*)", re.split(_AFTER_CALLS, text)[0])
    mean_ms = _summed_up_ms(text)
    if len(counts) < 2:
        return None if mean_ms is None else (None, mean_ms)
    calls, statistics = int(counts[-1][0]), dict(re.findall(r"(\w+)=([^\s(]+)", counts[-1][1]))
    mean_ms = _call_ms(statistics.get("avg", statistics.get("curr")), scale=1000)
    return (calls, mean_ms) if calls and mean_ms else None


def _summed_up_ms(text: str) -> float | None:
    """The mean in its summary: LiteRT's own rounds it to hundredths of a millisecond."""
    for form, scale in ((_IN_US, 1000), (_IN_MS, 1)):
        match = re.search(form, text)
        mean_ms = _call_ms(match[1], scale=scale) if match else None
        if mean_ms is not None:
            return mean_ms
    return None


def _call_ms(said: str | None, *, scale: float) -> float | None:
    value = plausible.number(said)
    return None if value is None else plausible.within(value / scale, plausible.OF_CALL_MS)


def _init_ms(text: str) -> float | None:
    for form, scale in (
        (r"Initialized session in ([\d.e+]+) ?ms", 1),
        (r"Model initialization: +([\d.]+) ms", 1),
        (r"timings in us: .*?\bInit: ([\d.e+]+)", 1000),
    ):
        match = re.search(form, text)
        value = plausible.number(match[1].rstrip(".")) if match else None
        if value is not None and value / scale <= plausible.OF_CALL_MS[1]:
            return value / scale
    return None


@dataclass(frozen=True)
class _Replaced:
    """Nodes of a subgraph that a delegate took; `total` is what it found there."""

    subgraph: str
    delegate: str
    nodes: int
    total: int | None
    partitions: int


_REPLACED = re.compile(
    r"Replacing (\d{1,9})(?: out of (\d{1,9}))? node\(s\) with delegate \(([^)\n]*)\) node, "
    r"yielding (\d{1,9}) partitions?(?: for (subgraph \d{1,9}))?"
)
_DELEGATES = {"gpu": ("Gpu", "GPU", "LITERT_CL", "LITERT_GL"), "cpu": ("XNNPack", "YNNPack")}


def _replaced(text: str) -> Iterator[_Replaced]:
    """In its order. Older versions name no subgraph, but take each once for every delegate."""
    seen: dict[str, int] = {}
    for nodes, total, name, partitions, subgraph in _REPLACED.findall(text):
        kinds = [kind for kind, names in _DELEGATES.items() if any(n in name for n in names)]
        number = seen[name] = seen.get(name, -1) + 1
        yield _Replaced(
            subgraph=subgraph or f"number {number}",
            delegate=(kinds or ["another"])[0],
            nodes=int(nodes),
            total=int(total) if total else None,
            partitions=int(partitions),
        )


def _delegated(
    placed: Sequence[_Replaced], accelerator: str
) -> tuple[int | None, int | None, int | None]:
    """Nodes in all, those of the delegate, and its partitions; not every version says.

    All subgraphs together; of each what the first delegate found there, before it took nodes.
    """
    ours = [one for one in placed if one.delegate == accelerator]
    if not ours:
        return None, None, None
    totals: dict[str, int | None] = {}
    for one in placed:
        totals.setdefault(one.subgraph, one.total)
    known = [total for total in totals.values() if total is not None]
    total = sum(known) if len(known) == len(totals) else None
    delegated = sum(one.nodes for one in ours)
    if total is not None and delegated > total:
        return None, None, None
    return total, delegated, sum(one.partitions for one in ours)


def tool_profile(text: str) -> list[ToolOp]:
    """The table of the tool's profiler that has the operations in the order of the run.

    Where it profiles its initialization too, that table stands before, under a heading.
    """
    heading = "Operator-wise Profiling Info for Regular Benchmark Runs"
    if heading in text:
        text = text.partition(heading)[2]
    elif "Profiling Info for Benchmark Initialization" in text:
        return []
    _, _, table = text.partition(" Run Order ")
    rows = []
    for line in table.partition("\n")[2].partition("=====")[0].splitlines():
        match = _OPERATION.match(line)
        mean_ms = plausible.number(match[2]) if match else None
        # LiteRT's own lists the making of tensors too, which is part of no call.
        if match is not None and mean_ms is not None and match[1] != "AllocateTensors":
            rows.append(ToolOp(match[1], mean_ms))
    return rows


# Type; start (older versions), first and mean time; share, running share; memory; calls; name.
_OPERATION = re.compile(
    r"\s*(\S.*?)\s+(?:[\d.]+\s+){1,2}([\d.]+)\s+[\d.]+%\s+[\d.]+%\s+[\d.]+\s+\d+\s+\S"
)
