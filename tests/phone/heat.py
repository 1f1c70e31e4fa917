"""How warm the phone is, what that does to its speed, and what its battery gives meanwhile."""

from __future__ import annotations

import math
import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TICKS_S = os.sysconf("SC_CLK_TCK")
_STEP_S = 0.2
_PERIOD_S = 0.01


@dataclass(frozen=True)
class _Moment:
    """The end of a step, in one piece, since others read it while the next one ends."""

    at_s: float
    used_s: float
    energy_mws: float


@dataclass
class Heat:
    """A body that its processor warms and the air cools.

    Attributes:
        idle_c, busy_c: skin temperatures it comes to, with no core busy and with one.
        tau_s: how fast.
        curve: (from this temperature on, thermal status, share of its speed), coolest first.
        idle_mw, core_mw: power with no core busy, and what each busy core adds.
        voltage_mv: of the battery.
    """

    idle_c: float
    busy_c: float
    tau_s: float
    curve: list[tuple[float, int, float]]
    idle_mw: float
    core_mw: float
    voltage_mv: float
    skin_c: float = 0.0
    busy: float = 0.0
    _last: _Moment = field(init=False)

    def __post_init__(self) -> None:
        self.skin_c = self.skin_c or self.idle_c
        self._last = _Moment(time.monotonic(), used_s=0.0, energy_mws=0.0)

    @property
    def status(self) -> int:
        return max((status for at, status, _ in self.curve if self.skin_c >= at), default=0)

    @property
    def speed(self) -> float:
        return min((speed for at, _, speed in self.curve if self.skin_c >= at), default=1.0)

    def facts(self) -> dict[str, Any]:
        """What the transcripts of the personality are filled with."""
        power = self.idle_mw + self.core_mw * self.busy
        return {
            "skin_c": f"{self.skin_c:.3f}",
            "skin_tenths": round(10 * self.skin_c),
            "thermal_status": self.status,
            "current_ua": -round(1e6 * power / self.voltage_mv),
            "current_ma": -round(1e3 * power / self.voltage_mv),
            "voltage_uv": round(1000 * self.voltage_mv),
            "voltage_mv": round(self.voltage_mv),
            "energy_mws": f"{self._energy_mws():.2f}",
        }

    def _energy_mws(self) -> float:
        """Up to now, however long ago the last step was: an idle phone's since then.

        What a busy core adds comes with the next step, so that a counter never runs backwards.
        """
        last = self._last
        return last.energy_mws + self.idle_mw * (time.monotonic() - last.at_s)

    def step(self, pid: int | None) -> None:
        """Live for a moment: slow the app down as the temperature wants, and be warmed by it."""
        end = time.monotonic() + _STEP_S
        while self.speed < 1 and pid is not None and time.monotonic() < end:
            _pause(pid, _PERIOD_S * (1 - self.speed))
            time.sleep(_PERIOD_S * self.speed)
        time.sleep(max(0.0, end - time.monotonic()))
        now, used = time.monotonic(), _cpu_s(pid)
        last = self._last
        passed = now - last.at_s
        self.busy = (used - last.used_s) / passed if used >= last.used_s else 0.0
        drawn = passed * (self.idle_mw + self.core_mw * self.busy)
        self._last = _Moment(now, used, last.energy_mws + drawn)
        target = self.idle_c + min(1.0, self.busy) * (self.busy_c - self.idle_c)
        self.skin_c += (target - self.skin_c) * (1 - math.exp(-passed / self.tau_s))


def _pause(pid: int, seconds: float) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGSTOP)
        time.sleep(seconds)
        os.killpg(pid, signal.SIGCONT)


def _cpu_s(session: int | None) -> float:
    """CPU time of all processes of a session."""
    total = 0.0
    for stat in Path("/proc").glob("[0-9]*/stat") if session is not None else ():
        with suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_text().rpartition(")")[2].split()
            if int(fields[3]) == session:
                total += (int(fields[11]) + int(fields[12])) / _TICKS_S
    return total
