"""What a phone draws, where it says."""

from __future__ import annotations

import time

import pytest

from irrvit.benchmark import kinds
from irrvit.benchmark.errors import RuntimeUnavailable

RAILS = "android.hardware.power.stats.IPowerStats/default"
pytestmark = pytest.mark.needs("adbutils")


@pytest.mark.parametrize("hidden", [[], [RAILS]])
def test_a_phone_without_a_cable_says_what_it_draws_by_rails_or_by_its_battery(phone, hidden):
    phone.set(charging=False, hidden=hidden)
    meter = kinds.find("android").meter()  # pyright: ignore[reportAttributeAccessIssue]
    assert meter.source == ("battery current and voltage" if hidden else "power rails")
    assert meter.energy_mj(lambda: time.sleep(2)) == pytest.approx(2 * 900, rel=0.2)


def test_a_phone_on_its_cable_does_not_say_what_it_draws(phone):
    with pytest.raises(RuntimeUnavailable, match="its cable feeds it"):
        kinds.find("android").meter()  # pyright: ignore[reportAttributeAccessIssue]
