"""What a phone draws: by a Pixel's power rails, else by its battery's current and voltage."""

from __future__ import annotations

import time
from collections.abc import Callable

from irrvit.benchmark.android import parse
from irrvit.benchmark.android.adb import Phone
from irrvit.benchmark.device import Meter
from irrvit.benchmark.errors import RuntimeUnavailable

_RAILS = "android.hardware.power.stats.IPowerStats/default"
_BATTERY = "/sys/class/power_supply/battery"


def meter(phone: Phone) -> Meter:
    """The best there is.

    Raises:
        RuntimeUnavailable: the phone does not say, or a cable feeds it; the message says which.
    """
    if parse.rails_mj(phone.run("dumpsys", _RAILS).stdout):
        return _Rails(phone)
    if parse.battery(phone.shell("dumpsys", "battery")).is_powered:
        raise RuntimeUnavailable(
            "its cable feeds it, and its battery's current says nothing then: connect by Wi-Fi "
            "(adb tcpip 5555, then adb connect ADDRESS)"
        )
    if phone.run("cat", f"{_BATTERY}/current_now").exit_code:
        raise RuntimeUnavailable("it has no power rails and hides its battery's current")
    return _Battery(phone)


class _Rails:
    """Counters of all rails, the idle ones and the display's too: they cancel out."""

    source = "power rails"

    def __init__(self, phone: Phone):
        self._phone = phone

    def energy_mj(self, act: Callable[[], object]) -> float:
        before = self._used_mj()
        act()
        return self._used_mj() - before

    def _used_mj(self) -> float:
        return sum(parse.rails_mj(self._phone.shell("dumpsys", _RAILS)).values())


class _Battery:
    """One reading at the end: the gauge itself is a mean over the time before."""

    source = "battery current and voltage"

    def __init__(self, phone: Phone):
        self._phone = phone

    def energy_mj(self, act: Callable[[], object]) -> float:
        start = time.perf_counter()
        act()
        files = [f"{_BATTERY}/current_now", f"{_BATTERY}/voltage_now"]
        microamperes, microvolts = map(int, self._phone.shell("cat", *files).split())
        # Makers disagree about the sign; it is discharged, for no cable feeds it.
        return abs(microamperes) * microvolts / 1e9 * (time.perf_counter() - start)
