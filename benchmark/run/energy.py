"""What a call costs in energy, beyond what the device uses when it is idle."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from irrvit.benchmark.device import Meter, Process
from irrvit.benchmark.measurement import Energy
from irrvit.benchmark.results import student_t

_IDLE, _BUSY = 3, 5
# Batteries are read anew a few times a second: a window is long against that.
WINDOW_S = 2.0
_CONFIDENCE = 0.95


def measure(process: Process, meter: Meter, *, window_s: float = WINDOW_S) -> Energy:
    """Windows of nothing, then of calls; the process has been called before."""
    idle = [_power_mw(meter, lambda: time.sleep(window_s))[0] for _ in range(_IDLE)]
    call_ms = float(np.median(process.time(5).latencies_ms))
    calls = max(1, round(1000 * window_s / call_ms))
    costs = []
    for _ in range(_BUSY):
        power, seconds = _power_mw(meter, lambda: process.time(calls) and None)
        costs.append((power - float(np.mean(idle))) * seconds / calls)
    # What the idle power is uncertain by is so for every call of a window.
    doubt = np.std(idle, ddof=1) / np.sqrt(_IDLE) * call_ms / 1000
    spread = np.std(costs, ddof=1) / np.sqrt(_BUSY)
    t = student_t.quantile(_BUSY - 1, confidence=_CONFIDENCE)
    return Energy(
        mj_per_call=float(np.mean(costs)),
        uncertainty_mj=float(t * np.hypot(spread, doubt)),
        source=meter.source,
    )


def _power_mw(meter: Meter, act: Callable[[], None]) -> tuple[float, float]:
    start = time.perf_counter()
    used = meter.energy_mj(act)
    seconds = time.perf_counter() - start
    return used / seconds, seconds
