"""Good conditions for a measurement: waited for before it, watched during it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.measurement import DeviceState, RunConfig
from irrvit.model.progress import Notify

QUIET_CORES = 0.1
_REMIND_S, _WATCH_S = 30.0, 5.0


class Watched(Protocol):
    """All that conditions ask of a device."""

    def state(self) -> DeviceState: ...


def settle(device: Watched, config: RunConfig, notify: Notify) -> DeviceState:
    """Wait until it is quiet and cool, but not for ever; validity judges the rest."""
    state = device.state()
    state = _wait(device, state, lambda now: _too_warm(now, config), config.cool_s, notify)
    state = _wait(device, state, _too_busy, config.settle_s, notify)
    if _too_busy(state) is None:
        notify("all", "the machine is quiet" if state.load is not None else "its load is not known")
    return state


def _too_warm(state: DeviceState, config: RunConfig) -> str | None:
    limit = config.start_below_c
    if limit is not None and state.temperature_c is not None and state.temperature_c >= limit:
        return f"it is {state.temperature_c:.1f} C warm, and is to start below {limit:g} C"
    if state.is_slowed_down:
        return f"it slows itself down against heat (status '{state.thermal_status}')"
    return None


def _too_busy(state: DeviceState) -> str | None:
    if state.load is not None and state.load > QUIET_CORES:
        return f"others keep {state.load:.1f} cores busy"
    return None


def _wait(
    device: Watched,
    state: DeviceState,
    problem: Callable[[DeviceState], str | None],
    limit_s: float,
    notify: Notify,
) -> DeviceState:
    start, told = time.perf_counter(), -_REMIND_S
    while (what := problem(state)) is not None:
        passed = time.perf_counter() - start
        if passed >= limit_s:
            notify("all", f"{what}; going on all the same")
            break
        if passed >= told + _REMIND_S:
            notify("all", f"waiting: {what}")
            told = passed
        state = device.state()
    return state


class Watch:
    """States between the blocks of a run, of a device that says whether it slows itself down."""

    def __init__(self, device: Watched, first: DeviceState, notify: Notify):
        self._device, self._notify = device, notify
        self._is_needed, self._last = first.thermal_status is not None, time.perf_counter()
        self.states: list[DeviceState] = []

    def look(self) -> None:
        """Read its state, if the last reading is old; raises DeviceLost."""
        if not self._is_needed or time.perf_counter() < self._last + _WATCH_S:
            return
        try:
            self.states.append(self._device.state())
        except DeviceLost:
            raise
        except CommandFailed as error:
            self._notify("all", f"its state is not known now: {error}")
        self._last = time.perf_counter()
