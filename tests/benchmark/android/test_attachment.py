"""How a phone is attached, by its name; only a cable is ever loose."""

import pytest

from irrvit.benchmark.android import attachment, server
from irrvit.benchmark.android.server import Attached

CABLE = "39111FDJH00PLY"
WIRELESS = [
    "192.168.1.7:5555",
    "[fe80::1]:5555",
    "phone.local:41234",
    "adb-39111FDJH00PLY-a1B2c3._adb-tls-connect._tcp",
    "adb-39111FDJH00PLY-a1B2c3._adb-tls-connect._tcp.",
    "emulator-5554",
]


@pytest.mark.parametrize("name", WIRELESS)
@pytest.mark.parametrize("state", ["offline", "unauthorized", "authorizing"])
def test_who_has_no_cable_is_told_of_none(name, state):
    how = attachment.of(name)
    assert not how.is_cable
    words = [how.gone, how.again, how.other, server.why_unusable(Attached(name, state))]
    assert not any("cable" in text or "plug" in text for text in words)


@pytest.mark.parametrize("state", ["offline", "unauthorized"])
def test_who_has_a_cable_is_told_to_pull_it(state):
    assert attachment.of(CABLE).is_cable
    said = server.why_unusable(Attached(CABLE, state))
    assert "pull its cable and plug it in again" in said


@pytest.mark.parametrize(
    ("name", "serial"),
    [
        (CABLE, CABLE),
        ("192.168.1.7:5555", None),
        ("emulator-5554", None),
        ("adb-39111FDJH00PLY-a1B2c3._adb-tls-connect._tcp", CABLE),
        ("adb-R5CX-10-a1B2c3._adb-tls-connect._tcp", "R5CX-10"),
        ("adb-39111FDJH00PLY._adb._tcp", CABLE),
    ],
)
def test_a_name_has_the_phones_own_serial_or_an_address(name, serial):
    assert attachment.of(name).serial == serial
