"""What a phone draws, where it says."""

from __future__ import annotations

import time

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.errors import CommandFailed, RuntimeUnavailable

RAILS = "android.hardware.power.stats.IPowerStats/default"
pytestmark = pytest.mark.needs("adbutils")


def draws_900_mw(meter, *, seconds):
    """Whether an act of some seconds costs that much for as long as it took, asking included."""
    start = time.perf_counter()
    used = meter.energy_mj(lambda: time.sleep(seconds))
    longest = time.perf_counter() - start
    return 0.95 * 900 * seconds <= used <= 1.05 * 900 * longest


@pytest.mark.parametrize("hidden", [[], [RAILS]])
def test_a_phone_without_a_cable_says_what_it_draws_by_rails_or_by_its_battery(phone, hidden):
    phone.set(charging=False, hidden=hidden)
    meter = kinds.find("android").meter()  # pyright: ignore[reportAttributeAccessIssue]
    assert meter.source == ("battery current and voltage" if hidden else "power rails")
    assert draws_900_mw(meter, seconds=2)


def test_a_phone_on_its_cable_does_not_say_what_it_draws(phone):
    """Its name is an address, so it is told of no cable that it could do without."""
    with pytest.raises(RuntimeUnavailable, match=r"a cable feeds it.*: take it off its charger"):
        kinds.find("android").meter()  # pyright: ignore[reportAttributeAccessIssue]


CURRENT, VOLTAGE = (
    f"/sys/class/power_supply/battery/{name}_now" for name in ("current", "voltage")
)


@pytest.fixture
def meter_of(phone):
    """The meter of a phone that lives on its battery and says this of it."""

    def meter_of(*hidden, **says):
        files = {{"current": CURRENT, "voltage": VOLTAGE}.get(n, n): t for n, t in says.items()}
        phone.set(charging=False, hidden=[RAILS, *hidden], says=files)
        return kinds.find("android").meter()  # pyright: ignore[reportAttributeAccessIssue]

    return meter_of


@pytest.mark.parametrize(
    "says",
    [
        {"current": "$current_ma"},
        {"voltage": "$voltage_mv"},
        {"current": "$current_ma", "voltage": "$voltage_mv"},
        {"voltage": "4.123"},
    ],
)
def test_what_it_draws_is_the_same_in_whichever_unit_it_is_said(meter_of, says):
    meter = meter_of(**says)
    assert draws_900_mw(meter, seconds=1)


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ({"current": "0"}, "its battery's current reads 0: its maker does not measure it"),
        ({"current": ""}, "its battery's current reads '': expected a number"),
        ({"current": "N/A"}, "reads 'N/A': expected a number"),
        ({"current": "-5"}, "reads 5 while it is idle, which is 20 to 3000 mA in no unit"),
        ({"voltage": "0"}, "its battery's voltage reads '0', which is 2.5 to 5 V in no unit"),
        ({"battery": "  present: false\n  level: 0"}, "it has no battery, and no power rails"),
        ({"battery": "  status: 2"}, "a cable feeds it"),
    ],
)
def test_what_cannot_be_is_no_figure_but_a_reason(meter_of, says, why):
    with pytest.raises(RuntimeUnavailable, match=why):
        meter_of(**says)


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ({CURRENT: "500000"}, "changed its sign while it was measured"),
        ({CURRENT: ""}, "expected a number"),
        ({VOLTAGE: "{0}"}, r"voltage reads '\{0\}'"),
    ],
)
def test_what_cannot_be_in_a_window_ends_it_with_a_reason(phone, meter_of, then, why):
    meter = meter_of()
    phone.set(says=then)
    with pytest.raises(CommandFailed, match=why):
        meter.energy_mj(lambda: None)


def meter_says(used, *others):
    rows = "\n".join((f"  [A]:CPU  {used} mWs", *others))
    return f"============= PowerStats HAL 2.0 energy meter ==============\n{rows}"


OTHER = "  [B]:Display  7.0 mWs"


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ("Can't find service", "vanished while it was measured"),
        (meter_says(8.0), "vanished while it was measured"),
        (meter_says(4.0, OTHER), "ran backwards while it was measured"),
    ],
)
def test_rails_that_vanish_are_no_nothing(phone, then, why):
    phone.set(charging=False, hidden=[], says={RAILS: meter_says(5.0, OTHER)})
    meter = kinds.find("android").meter()  # pyright: ignore[reportAttributeAccessIssue]
    assert meter.source == "power rails"
    with pytest.raises(CommandFailed, match=why):
        meter.energy_mj(lambda: phone.set(says={RAILS: then}))
