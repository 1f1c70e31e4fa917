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


@dataclass(frozen=True)
class Window:
    """What was drawn on average for how long."""

    power_mw: float
    seconds: float


def measure(process: Process, meter: Meter, *, window_s: float = WINDOW_S) -> Energy:
    """Windows of nothing, then of calls; the process has been called before."""
    idle = [_window(meter, lambda: time.sleep(window_s)) for _ in range(_IDLE)]
    call_ms = float(np.median(process.time(5).latencies_ms))
    calls = max(1, round(1000 * window_s / call_ms))
    busy = [_window(meter, lambda: process.time(calls)) for _ in range(_BUSY)]
    return cost_of_call(idle, busy, calls=calls, source=meter.source)


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
