"""Rules that say which measurement is not to be believed, and why."""

from __future__ import annotations

from collections.abc import Iterator

from irrvit.benchmark.measurement import ANY_ACCELERATOR, FAIR, Issue, Measurement, Placement
from irrvit.benchmark.results import stats

MIN_CALLS, MIN_MS = 50, 1000.0
MAX_DRIFT = 0.05
# On two cores a call took 9.9 ms beside two busy processes and 5.2 ms beside one.
MAX_BACKGROUND_CORES = 0.2
MAX_HALF_INTERVAL = 0.05
MAX_REPEAT_SPREAD = 0.10
MAX_OUTLIERS = 0.05
_MORE = "raise --iterations"
_AGAIN = "end what else runs there, and measure again"


def check(measurement: Measurement) -> list[Issue]:
    """All that is to be said against a measurement; without a blocking issue it is valid."""
    issues = list(_answers(measurement))
    issues += _placement(measurement)
    if _is_timed(measurement):
        issues += _samples(measurement)
        if measurement.config.sustained_s is None:
            issues += _steadiness(measurement)
        else:
            issues.append(_sustained(measurement))
        issues += _heat(measurement)
        issues += _surroundings(measurement)
    elif measurement.device.emulated:
        issues.append(_remark("emulated", "only its answers count: it was not timed"))
    else:
        issues.append(_blocking("too-few-samples", "no call was timed"))
    return issues


def is_valid(issues: list[Issue]) -> bool:
    return not any(issue.blocking for issue in issues)


def _blocking(code: str, detail: str) -> Issue:
    return Issue(code=code, detail=detail, blocking=True)


def _remark(code: str, detail: str) -> Issue:
    return Issue(code=code, detail=detail, blocking=False)


def _is_timed(measurement: Measurement) -> bool:
    return bool(measurement.repeats) and all(r.latencies_ms for r in measurement.repeats)


def _answers(measurement: Measurement) -> Iterator[Issue]:
    golden = measurement.golden
    if golden.failures:
        yield _blocking("wrong-output", f"{golden.failures[0]} ({len(golden.failures)} in all)")
    elif not golden.cases:
        why = golden.unchecked or "there is no golden case to hold its outputs against"
        yield _blocking("unchecked-output", why)
    if golden.equals_cpu:
        asked = measurement.config.accelerator
        yield _blocking(
            "equals-cpu", f"its outputs are the CPU's to the last bit: it hardly ran on the {asked}"
        )


def _placement(measurement: Measurement) -> Iterator[Issue]:
    asked, placed = measurement.config.accelerator, measurement.placement
    if placed.accelerator != asked:
        yield _blocking("fell-back", f"asked for {asked}, ran on {placed.accelerator}")
    elif asked == "cpu" and placed.threads not in (None, measurement.config.threads):
        wanted = measurement.config.threads
        yield _blocking("fell-back", f"asked for {wanted} threads, ran with {placed.threads}")
    if placed.nodes_on is not None:
        yield from _elsewhere(asked, placed)
    elif placed.nodes_total and placed.nodes_delegated is not None:
        left = placed.nodes_total - placed.nodes_delegated
        if left:
            yield _remark(
                "partly-delegated",
                f"{left} of {placed.nodes_total} operations run in slow reference kernels, "
                f"between {placed.partitions} partitions",
            )


def _elsewhere(asked: str, placed: Placement) -> Iterator[Issue]:
    """Where no accelerator was asked for, wherever they run is right."""
    nodes = {name: count for name, count in (placed.nodes_on or {}).items() if name != asked}
    if nodes and asked != ANY_ACCELERATOR:
        where = " and ".join(f"{count} on the {name}" for name, count in nodes.items())
        yield _remark(
            "partly-delegated",
            f"of {placed.nodes_total} operations {where}, in {placed.partitions} partitions",
        )


def _samples(measurement: Measurement) -> Iterator[Issue]:
    calls = sum(r.calls_per_value * len(r.latencies_ms) for r in measurement.repeats)
    ms = sum(r.calls_per_value * sum(r.latencies_ms) for r in measurement.repeats)
    if calls < MIN_CALLS:
        what = f"{calls} calls, at least {MIN_CALLS} needed"
        yield _blocking("too-few-samples", f"{what}: {_MORE}")
    elif ms < MIN_MS:
        what = f"{ms:.0f} ms in all, at least {MIN_MS:.0f} needed"
        yield _blocking("too-few-samples", f"{what}: {_MORE}")
    if calls > len(measurement.latencies_ms):
        yield _remark("means", "its values are means of many calls: p90 is not that of calls")
    if measurement.repeats_share_process and len(measurement.repeats) > 1:
        yield _remark("one-process", "its repeats shared a process: new ones may differ by more")
    if measurement.interrupted:
        yield _remark("interrupted", f"ended early, after {calls} calls")


def _steadiness(measurement: Measurement) -> Iterator[Issue]:
    series = [repeat.latencies_ms for repeat in measurement.repeats]
    change = stats.drift(measurement.latencies_ms)
    if change > MAX_DRIFT:
        what = f"the last calls took {change:.0%} longer than the first"
        yield _blocking("throttled", f"{what}: let it cool down, {_AGAIN}")
    elif change < -MAX_DRIFT:
        what = f"the last calls took {-change:.0%} less than the first"
        yield _blocking("not-stationary", f"{what}: {_AGAIN}")
    spread = stats.repeat_spread(series)
    if spread > MAX_REPEAT_SPREAD:
        what = f"the medians of the repeats differ by {spread:.0%}"
        yield _blocking("repeats-disagree", f"{what}: {_AGAIN}, with more --repeats")
    summary = stats.summarize(series, seed=measurement.config.seed)
    half = (summary.high_ms - summary.low_ms) / 2 / summary.p50_ms
    if half > MAX_HALF_INTERVAL:
        what = f"the median is only known to +-{half:.0%}"
        yield _blocking("noisy", f"{what}: {_AGAIN}, with more --repeats")
    share = stats.outliers(measurement.latencies_ms)
    if share > MAX_OUTLIERS:
        yield _remark("outliers", f"{share:.0%} of the calls took over 1.5 times the median")


def _cores(count: int) -> str:
    return "1 core" if count == 1 else f"{count} cores"


def _sustained(measurement: Measurement) -> Issue:
    """That a device slows down in time is what such a run is to find out."""
    spent_ms = [r.calls_per_value * ms for r in measurement.repeats for ms in r.latencies_ms]
    first, last = stats.first_and_last_minute(measurement.latencies_ms, spent_ms)
    span = "minute" if sum(spent_ms) >= 120_000 else "half"
    return _remark(
        "sustained",
        f"the first {span} {first:.2f} ms a call, the last {last:.2f} ms: {last / first:.2f} x",
    )


def _heat(measurement: Measurement) -> Iterator[Issue]:
    limit, start = measurement.config.start_below_c, measurement.before.temperature_c
    if limit is not None and start is not None and start >= limit:
        what = f"it began at {start:.1f} C, below {limit:g} C was asked"
        yield _blocking("started-warm", f"{what}: let it cool down, or allow more by --start-below")
    if limit is not None and start is None:
        yield _remark("heat-unknown", "it does not say how warm it was when it began")
    states = [measurement.before, *measurement.during, measurement.after]
    slow = [state.thermal_status for state in states if state.is_slowed_down]
    if slow and measurement.config.sustained_s is None:
        what = f"the device slowed itself down (status '{slow[-1]}')"
        yield _blocking("throttled", f"{what}: let it cool down, and measure again off its charger")
    elif any(state.thermal_status == FAIR for state in states):
        yield _remark("warm", "it was warm, though it did not slow itself down yet")
    if any(state.is_low_power for state in states):
        yield _remark("low-power", "it was in Low Power Mode, and is slower then")
    if any(state.charging for state in states):
        yield _remark("charging", "it was charging, which warms it")
    if measurement.before.is_screen_on is False:
        yield _remark("screen-off", "its screen was off, and apps are slower then")


def _surroundings(measurement: Measurement) -> Iterator[Issue]:
    cores = measurement.background_cores
    if cores is None:
        yield _remark("load-unknown", "this device does not say how busy others kept it")
    elif cores > MAX_BACKGROUND_CORES:
        what = f"others kept {cores:.1f} cores busy meanwhile"
        yield _blocking("background-load", f"{what}: {_AGAIN}")
    threads, there = measurement.config.threads, measurement.device.cores
    if 0 < there < threads:
        yield _remark(
            "more-threads-than-cores",
            f"{threads} threads on {_cores(there)} wait for each other: ask for {there} at most",
        )
    if measurement.device.emulated:
        yield _blocking("emulated", "an emulator's latency says nothing about the device")
