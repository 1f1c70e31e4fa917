"""Good conditions for a measurement: waited for before it, watched during it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from irrvit.benchmark.errors import CommandFailed, DeviceLost
from irrvit.benchmark.measurement import DeviceState, RunConfig
from irrvit.benchmark.results.validity import MAX_BACKGROUND_CORES
from irrvit.model.progress import Notify

QUIET_CORES = 0.1
_INVALID = "and the result will be invalid"
_REMIND_S, _WATCH_S = 30.0, 5.0


class Watched(Protocol):
    """All that conditions ask of a device."""

    def state(self) -> DeviceState: ...


def settle(device: Watched, config: RunConfig, notify: Notify) -> DeviceState:
    """Wait until it is quiet and cool, but not for ever; validity judges the rest."""
    state = device.state()
    if (why := why_not_gated(state, config.start_below_c)) is not None:
        notify("all", why)
    state = _wait(device, state, lambda now: _too_warm(now, config), config.cool_s, notify)
    state = _wait(device, state, _too_busy, config.settle_s, notify)
    if _too_busy(state) is None:
        notify("all", "the machine is quiet" if state.load is not None else "its load is not known")
    return state


def why_not_gated(state: DeviceState, limit_c: float | None) -> str | None:
    """Why nobody can wait for a device to be cool, in words; None if one can, or need not."""
    if limit_c is None or state.temperature_c is not None:
        return None
    given = ", ".join(state.disbelieved)
    said = f" (it gives {given}, which cannot be)" if given else ""
    return f"it does not say how warm it is{said}: nobody can wait until it is below {limit_c:g} C"


@dataclass(frozen=True)
class _Problem:
    """What is wrong, and what comes of it if nobody waits any longer."""

    what: str
    outcome: str


def _too_warm(state: DeviceState, config: RunConfig) -> _Problem | None:
    limit = config.start_below_c
    if limit is not None and state.temperature_c is not None and state.temperature_c >= limit:
        warm = f"it is {state.temperature_c:.1f} C warm, and is to start below {limit:g} C"
        return _Problem(warm, _INVALID)
    if state.is_slowed_down:
        slow = f"it slows itself down against heat (status '{state.thermal_status}')"
        is_looked_for = config.sustained_s is not None
        return _Problem(slow, "which the result will show" if is_looked_for else _INVALID)
    return None


def _too_busy(state: DeviceState) -> _Problem | None:
    if state.load is not None and state.load > QUIET_CORES:
        return _Problem(
            f"others keep {state.load:.1f} cores busy",
            f"{_INVALID} if they keep more than {MAX_BACKGROUND_CORES:g} busy: end what else runs",
        )
    return None


def _wait(
    device: Watched,
    state: DeviceState,
    problem: Callable[[DeviceState], _Problem | None],
    limit_s: float,
    notify: Notify,
) -> DeviceState:
    start, told = time.perf_counter(), -_REMIND_S
    while (found := problem(state)) is not None:
        passed = time.perf_counter() - start
        if passed >= limit_s:
            notify("all", f"{found.what}; going on all the same, {found.outcome}")
            break
        if passed >= told + _REMIND_S:
            notify("all", f"waiting: {found.what}")
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
