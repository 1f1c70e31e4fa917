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
