"""What a battery's gauge says, in whichever unit its maker chose. Pure.

Linux wants microamperes and microvolts of `/sys/class/power_supply/`; many a phone gives
milliamperes, millivolts, or a 0 that never changes. The unit is told by what a phone can draw and
a cell can have: the ranges of two units do not meet.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from irrvit.benchmark import plausible
from irrvit.benchmark.errors import one_line

_CELL_V: plausible.Range = (2.5, 5.0)
_VOLTS = (1e-6, 1e-3, 1.0)
# From a dark screen in airplane mode to a bright one with the radio busy.
_IDLE_MA: plausible.Range = (20.0, 3000.0)
_MOST_MA = 10_000.0
_MILLIAMPERES = {"uA": 1e-3, "mA": 1.0}


class Disbelieved(Exception):
    """What it says cannot be true; the message says why."""


def volts(said: str) -> float:
    """`voltage_now`; raises Disbelieved."""
    value = plausible.number(said)
    fitting = [value * scale for scale in _VOLTS if value is not None]
    believed = [v for v in fitting if plausible.within(v, _CELL_V) is not None]
    if not believed:
        raise Disbelieved(
            f"its battery's voltage reads {_quoted(said)}, which is 2.5 to 5 V in no unit"
        )
    return believed[0]


@dataclass(frozen=True)
class Current:
    """How a gauge's current is to be read; a discharged battery's is negative with some makers.

    Attributes:
        unit: `uA` or `mA`.
        sign: what it has while the phone lives on its battery.
    """

    unit: str
    sign: int

    def milliamperes(self, said: str) -> float:
        """What is drawn, positive; raises Disbelieved."""
        value = _number(said)
        if value * self.sign <= 0:
            raise Disbelieved(
                f"its battery's current changed its sign while it was measured ({value:g} "
                f"{self.unit}): it was charged meanwhile, or its gauge cannot be believed"
            )
        drawn = abs(value) * _MILLIAMPERES[self.unit]
        if drawn > _MOST_MA:
            raise Disbelieved(f"its battery's current reads {value:g} {self.unit}: no phone's")
        return drawn


def current_of(idle: Sequence[str]) -> Current:
    """How to read a gauge, by what it says of an idle phone; raises Disbelieved."""
    values = [_number(said) for said in idle]
    typical = statistics.median(map(abs, values))
    if not typical:
        raise Disbelieved("its battery's current reads 0: its maker does not measure it")
    signs = {value > 0 for value in values if value}
    if len(signs) > 1:
        raise Disbelieved(
            "its battery's current changes its sign while it is idle: it is charged in between, or "
            "its gauge cannot be believed"
        )
    for unit, scale in _MILLIAMPERES.items():
        if plausible.within(typical * scale, _IDLE_MA) is not None:
            return Current(unit, 1 if signs.pop() else -1)
    raise Disbelieved(
        f"its battery's current reads {typical:g} while it is idle, which is 20 to 3000 mA in no "
        "unit"
    )


def _number(said: str) -> float:
    value = plausible.number(said)
    if value is None:
        raise Disbelieved(f"its battery's current reads {_quoted(said)}: expected a number")
    return value


def _quoted(said: str) -> str:
    return f"'{one_line(said)[:40]}'"
