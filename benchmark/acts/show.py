"""`irrvit-bench show`: what was measured before, shown and judged like a new run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from irrvit.benchmark.acts import suite
from irrvit.benchmark.acts.options import ShowOptions
from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.measurement import Measurement
from irrvit.benchmark.report import page, table
from irrvit.benchmark.results import baseline, store
from irrvit.benchmark.results.rows import MeasureResult, to_timed_rows, to_untimed_rows
from irrvit.benchmark.results.store import StoreContent
from irrvit.model.progress import Notify

to_table, to_json = table.to_table, table.to_json


def run(options: ShowOptions, notify: Notify) -> MeasureResult:
    """Find the latest measurement of each kind on each device; nothing is measured.

    Raises:
        BenchmarkError: the store cannot be read, or has nothing of what was asked for.
    """
    if options.suite and options.models:
        raise BadOptions("give --model or --suite: one of the two")
    fail_above = baseline.parse_percent(options.fail_above)
    old = baseline.read(options.compare, notify) if options.compare else []
    content = store.load(options.store)
    latest = _latest(_asked_for(options, content))
    # Whole runs, since a measurement is held against the first of its own.
    runs = {measurement.run_id for measurement in latest}
    rows = to_timed_rows([m for m in content.measurements if m.run_id in runs])
    result = MeasureResult(
        [row for row in rows if row.measurement in latest],
        {f"damaged ({i})": line for i, line in enumerate(content.damaged, 1)},
        [baseline.gate(m, old, fail_above=fail_above) for m in latest if old],
        untimed=to_untimed_rows(latest),
    )
    if not options.report:
        return result
    written = page.keep(options.report, result, notify=notify)
    return replace(result, problems=result.problems | written)


def _asked_for(options: ShowOptions, content: StoreContent) -> list[Measurement]:
    models = suite.get(options.suite).models if options.suite else options.models
    matching = [
        m
        for m in content.measurements
        if (not models or m.variant in models)
        and (not options.runtimes or m.config.runtime in options.runtimes)
    ]
    if not matching:
        names = {f"{m.variant} by {m.config.runtime}" for m in content.measurements}
        has = ", ".join([*sorted(names), *content.damaged]) or "nothing"
        raise BadOptions(f"{options.store} has no measurement of what was asked for: it has {has}")
    return matching


def _latest(measurements: Sequence[Measurement]) -> list[Measurement]:
    """In the order in which they were measured."""
    by_kind: dict[tuple[object, ...], Measurement] = {}
    for measurement in measurements:
        key = (measurement.device, *baseline.kind(measurement))
        by_kind.pop(key, None)
        by_kind[key] = measurement
    return list(by_kind.values())
