"""How a phone is, by its own word."""

from __future__ import annotations

import pytest

from irrvit.benchmark import kinds

RAILS = "android.hardware.power.stats.IPowerStats/default"
pytestmark = pytest.mark.needs("adbutils")


def test_a_phone_says_how_it_is(phone):
    phone.set(charging=True, skin_c=38.5)
    state = kinds.find("android").state()
    assert state.temperature_c == pytest.approx(38.5, abs=0.3)
    assert (state.battery_percent, state.charging, state.is_screen_on) == (85.0, True, True)
    assert state.thermal_status == "none"
    assert state.load is not None


def test_what_a_phone_says_that_cannot_be_is_unknown_and_told(phone):
    skin = (
        "Thermal Status: 0\nCurrent temperatures from HAL:\nTemperature{mValue=33500.0, mType=3, m}"
    )
    phone.set(says={"thermalservice": skin, "battery": "  level: 0\n  scale: 0\n  temperature: 32"})
    state = kinds.find("android").state()
    assert (state.temperature_c, state.battery_percent, state.thermal_status) == (
        None,
        None,
        "none",
    )
    assert state.disbelieved == (
        "33500 C as its skin's temperature",
        "32 tenths of a degree as its battery's temperature",
    )


def test_a_phone_that_says_nothing_is_not_known(phone):
    phone.set(hidden=["battery", "thermalservice", "power", "trust", RAILS])
    state = kinds.find("android").state()
    assert (state.temperature_c, state.battery_percent, state.charging) == (None, None, None)
    assert (state.is_screen_on, state.thermal_status, state.disbelieved) == (None, None, ())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("30", "--start-below cannot be kept: it does not say how warm it is (it gives 33500 C"),
        ("33500", "--start-below got 33500: expected a temperature that a device can have"),
    ],
)
def test_a_gate_on_what_nobody_knows_is_refused_in_a_sentence(phone, bench, given, said):
    skin = "Current temperatures from HAL:\nTemperature{mValue=33500.0, mType=3, m}"
    phone.set(says={"thermalservice": skin, "battery": "  temperature: 3.2"})
    done = bench("--device", "android", "--start-below", given)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
