"""`irrvit-bench --from STORE`: what was measured before, shown and judged like a new run."""

from __future__ import annotations

from collections.abc import Sequence

from irrvit.benchmark import suite
from irrvit.benchmark.acts.measure import Request
from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.measurement import Measurement
from irrvit.benchmark.results import baseline, store
from irrvit.benchmark.results.rows import MeasureResult, to_timed_rows, to_untimed_rows
from irrvit.benchmark.results.store import StoreContent
from irrvit.model.progress import Notify


def run(request: Request, notify: Notify) -> MeasureResult:
    """Find the latest measurement of each kind on each device; nothing is measured.

    Raises:
        BenchmarkError: the store cannot be read, or has nothing of what was asked for.
    """
    assert request.source is not None
    if request.artifacts:
        raise BadOptions("--from shows what is in a store: name --model or --suite, not files")
    if request.suite and request.models:
        raise BadOptions("give --model or --suite: one of the two")
    fail_above = baseline.parse_percent(request.fail_above)
    old = baseline.read(request.compare, notify) if request.compare else []
    loaded = store.load(request.source)
    latest = _latest(_asked_for(request, loaded))
    # Whole runs, since a measurement is held against the first of its own.
    runs = {measurement.run_id for measurement in latest}
    rows = to_timed_rows([m for m in loaded.measurements if m.run_id in runs])
    return MeasureResult(
        [row for row in rows if row.measurement in latest],
        {f"damaged ({i})": line for i, line in enumerate(loaded.damaged, 1)},
        [baseline.gate(m, old, fail_above=fail_above) for m in latest if old],
        untimed=to_untimed_rows(latest),
    )


def _asked_for(request: Request, loaded: StoreContent) -> list[Measurement]:
    models = suite.get(request.suite).models if request.suite else request.models
    found = [
        m
        for m in loaded.measurements
        if (not models or m.variant in models) and request.runtime in (None, m.config.runtime)
    ]
    if not found:
        names = {f"{m.variant} by {m.config.runtime}" for m in loaded.measurements}
        has = ", ".join([*sorted(names), *loaded.damaged]) or "nothing"
        raise BadOptions(f"{request.source} has no measurement of what was asked for: it has {has}")
    return found


def _latest(found: Sequence[Measurement]) -> list[Measurement]:
    """In the order in which they were measured."""
    by_kind: dict[tuple[object, ...], Measurement] = {}
    for measurement in found:
        key = (measurement.device, *baseline.kind(measurement))
        by_kind.pop(key, None)
        by_kind[key] = measurement
    return list(by_kind.values())
