"""What a call costs in energy, beyond what the device uses when it is idle."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from irrvit.benchmark.device import Meter, Process
from irrvit.benchmark.measurement import Energy
from irrvit.benchmark.results import student_t

_IDLE, _BUSY = 3, 5
# Batteries are read anew a few times a second: a window is long against that.
WINDOW_S = 2.0
_CONFIDENCE = 0.95
# What a device that lives on a battery can draw: idle, its screen dark or bright; at the most.
_IDLE_MW, _MOST_MW = (10.0, 15_000.0), 60_000.0
_STANDS_STILL = 0.001


@dataclass(frozen=True)
class Window:
    """What was drawn on average for how long."""

    power_mw: float
    seconds: float


def measure(process: Process, meter: Meter, *, window_s: float = WINDOW_S) -> Energy:
    """Windows of nothing, then of calls; the process has been called before.

    Where what the meter says cannot be, there is no figure but a reason.
    """
    idle = [_window(meter, lambda: time.sleep(window_s)) for _ in range(_IDLE)]
    call_ms = float(np.median(process.time(5).latencies_ms))
    calls = max(1, round(1000 * window_s / call_ms))
    busy = [_window(meter, lambda: process.time(calls)) for _ in range(_BUSY)]
    why = why_implausible(idle, busy)
    cost = cost_of_call(idle, busy, calls=calls, source=meter.source) if why is None else None
    if cost is not None and not _is_told_from_nothing(cost):
        why = (
            f"what a call costs is lost in what idling does ({cost.mj_per_call:.2g} +- "
            f"{cost.uncertainty_mj:.2g} mJ)"
        )
    return cost if cost and why is None else Energy(source=f"not available: {why}")


def why_implausible(idle: Sequence[Window], busy: Sequence[Window]) -> str | None:
    """What cannot be about what a meter said, in words; None if it can be true."""
    idle_mw, busy_mw = ([window.power_mw for window in side] for side in (idle, busy))
    everything = [*idle_mw, *busy_mw]
    if not np.isfinite(everything).all() or min(everything) <= 0 or max(everything) > _MOST_MW:
        return f"it would draw {min(everything):.3g} to {max(everything):.3g} mW, which none does"
    idle_mean, busy_mean = float(np.mean(idle_mw)), float(np.mean(busy_mw))
    if not _IDLE_MW[0] <= idle_mean <= _IDLE_MW[1]:
        return f"it would draw {idle_mean:.3g} mW when it is idle, which none does"
    if max(everything) - min(everything) < _STANDS_STILL * busy_mean:
        return f"what it draws stands still at {busy_mean:.0f} mW, whether it computes or not"
    if busy_mean <= idle_mean:
        return (
            f"it drew {busy_mean:.0f} mW while it computed and {idle_mean:.0f} mW when idle: "
            "close other apps, and measure again"
        )
    return None


def _is_told_from_nothing(cost: Energy) -> bool:
    return (cost.mj_per_call or 0.0) > (cost.uncertainty_mj or 0.0)


def cost_of_call(
    idle: Sequence[Window], busy: Sequence[Window], *, calls: int, source: str
) -> Energy:
    """What a call costs beyond idling; each busy window has that many `calls`."""
    idle_mw = [window.power_mw for window in idle]
    costs = [
        (window.power_mw - float(np.mean(idle_mw))) * window.seconds / calls for window in busy
    ]
    spread = np.std(costs, ddof=1) / np.sqrt(len(busy))
    # What the idle power is uncertain by is so for every call of every window.
    call_s = np.mean([window.seconds for window in busy]) / calls
    doubt = np.std(idle_mw, ddof=1) / np.sqrt(len(idle)) * call_s
    t = student_t.quantile(len(busy) - 1, confidence=_CONFIDENCE)
    return Energy(
        mj_per_call=float(np.mean(costs)),
        uncertainty_mj=float(t * np.hypot(spread, doubt)),
        source=source,
    )


def _window(meter: Meter, act: Callable[[], object]) -> Window:
    start = time.perf_counter()
    used = meter.energy_mj(act)
    seconds = time.perf_counter() - start
    return Window(used / seconds, seconds)
