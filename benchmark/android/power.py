"""What a phone draws: by a Pixel's power rails, else by its battery's current and voltage."""

from __future__ import annotations

import time
from collections.abc import Callable

from irrvit.benchmark.android import attachment, gauge, parse
from irrvit.benchmark.android.adb import Phone
from irrvit.benchmark.device import Meter
from irrvit.benchmark.errors import CommandFailed, RuntimeUnavailable

_RAILS = "android.hardware.power.stats.IPowerStats/default"
_BATTERY = "/sys/class/power_supply/battery"
# Gauges are read anew a few times a second.
_PROBES, _PROBE_S = 5, 0.3


def meter(phone: Phone) -> Meter:
    """The best there is, of an idle phone.

    Raises:
        RuntimeUnavailable: the phone does not say, says what cannot be true, or a cable feeds it;
            the message says which.
    """
    if _rails(phone):
        return _Rails(phone)
    battery = parse.battery(phone.run("dumpsys", "battery").stdout)
    if not battery.is_present:
        raise RuntimeUnavailable("it has no battery, and no power rails")
    if battery.is_powered or battery.is_charging:
        raise RuntimeUnavailable(
            "a cable feeds it, and its battery's current says nothing then: "
            + (
                "connect by Wi-Fi (adb tcpip 5555, then adb connect ADDRESS)"
                if attachment.of(phone.serial).is_cable
                else "take it off its charger"
            )
        )
    if phone.run("cat", f"{_BATTERY}/current_now").exit_code:
        raise RuntimeUnavailable("it has no power rails and hides its battery's current")
    try:
        return _Battery(phone)
    except gauge.Disbelieved as error:
        raise RuntimeUnavailable(str(error)) from error


def _rails(phone: Phone) -> dict[str, float]:
    return parse.rails_mj(phone.run("dumpsys", _RAILS).stdout)


class _Rails:
    """Counters of all rails, the idle ones and the display's too: they cancel out."""

    source = "power rails"

    def __init__(self, phone: Phone):
        self._phone = phone

    def energy_mj(self, act: Callable[[], object]) -> float:
        before = _rails(self._phone)
        act()
        after = _rails(self._phone)
        if not before or before.keys() != after.keys():
            raise CommandFailed("its power rails vanished while it was measured")
        if any(after[rail] < used for rail, used in before.items()):
            raise CommandFailed("its power rails ran backwards while it was measured")
        return sum(after.values()) - sum(before.values())


class _Battery:
    """One reading at the end: the gauge itself is a mean over the time before."""

    source = "battery current and voltage"

    def __init__(self, phone: Phone):
        """Find out how to read its gauge; raises Disbelieved."""
        self._phone = phone
        gauge.volts(self._say("voltage_now"))
        idle = [self._say("current_now")]
        for _ in range(_PROBES - 1):
            time.sleep(_PROBE_S)
            idle.append(self._say("current_now"))
        self._current = gauge.current_of(idle)

    def energy_mj(self, act: Callable[[], object]) -> float:
        start = time.perf_counter()
        act()
        try:
            milliamperes = self._current.milliamperes(self._say("current_now"))
            volts = gauge.volts(self._say("voltage_now"))
        except gauge.Disbelieved as error:
            raise CommandFailed(str(error)) from error
        return milliamperes * volts * (time.perf_counter() - start)

    def _say(self, file: str) -> str:
        return self._phone.run("cat", f"{_BATTERY}/{file}").stdout
