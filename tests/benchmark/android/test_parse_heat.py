"""How warm and how full phones say they are, compared as whole records, and what is not believed.

`recorded/android/` has what an owner published; what makers do otherwise is modelled after reports.
"""

from pathlib import Path

import pytest

from irrvit.benchmark.android import parse
from irrvit.benchmark.android.parse import Battery, Thermal

FOLDER = Path(__file__).parents[1] / "recorded" / "android"


def read(name):
    return (FOLDER / f"{name}.txt").read_text()


def test_the_skin_is_what_the_sensors_say_now_and_the_warmest_of_several():
    assert parse.thermal(read("thermalservice")) == Thermal("light", 39.25)


def test_a_phone_without_the_service_says_nothing_of_heat():
    assert parse.thermal("Can't find service: thermalservice") == Thermal(None, None)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("31", "31 tenths of a degree as its battery's temperature"),
        ("310.0", "310.0 as its battery's temperature"),
        ("31.0", "31.0 as its battery's temperature"),
        ("N/A", "no number as its battery's temperature"),
    ],
)
def test_a_temperature_that_is_not_believed_is_told_in_no_unit_that_nobody_said(said, told):
    assert parse.battery(f"  temperature: {said}\n").disbelieved == (told,)


@pytest.mark.parametrize(
    ("number", "status"), [(0, "none"), (1, "light"), (6, "shutdown"), (7, "shutdown")]
)
def test_how_much_a_phone_slows_itself_down_is_named(number, status):
    assert parse.thermal(f"Thermal Status: {number}\n") == Thermal(status, None)


def test_heat_that_was_cached_or_is_of_another_sensor_is_not_the_skins():
    text = (
        "Cached temperatures:\n\tTemperature{mValue=50.0, mType=3, mName=skin, mStatus=0}\n"
        "Current temperatures from HAL:\n"
        "\tTemperature{mValue=60.0, mType=2, mName=battery, mStatus=0}\n"
        "\tTemperature{mValue=3.15E1, mType=3, mName=skin, mStatus=0}\n"
    )
    assert parse.thermal(text) == Thermal(None, 31.5)


@pytest.mark.parametrize(
    ("said", "skin_c"),
    [
        ("0.0", None),
        ("-273.0", None),
        ("33500.0", None),
        ("NaN", None),
        ("", None),
        ("9.99", None),
        ("10.0", 10.0),
        ("80.0", 80.0),
        ("80.1", None),
    ],
)
def test_a_skin_is_as_warm_as_a_skin_can_be(said, skin_c):
    heading = "Thermal Status: 0\nCurrent temperatures from HAL:\n"
    thermal = parse.thermal(
        f"{heading}\tTemperature{{mValue={said}, mType=3, mName=s, mStatus=0}}\n"
    )
    assert (thermal.status, thermal.skin_c) == ("none", skin_c)
    assert bool(thermal.disbelieved) is (skin_c is None)


def test_a_sensor_that_is_not_there_does_not_hide_one_that_is():
    rows = "".join(
        f"Temperature{{mValue={c}, mType=3, mName=x, mStatus=0}}\n" for c in (0.0, 34.5, 33500)
    )
    assert parse.thermal(f"Current temperatures from HAL:\n{rows}") == Thermal(None, 34.5)


def test_what_is_not_believed_of_a_sensor_is_said():
    row = "Temperature{mValue=33500.0, mType=3, mName=x, mStatus=0}\n"
    thermal = parse.thermal(f"Current temperatures from HAL:\n{row}")
    assert thermal.disbelieved == ("33500 C as its skin's temperature",)


BATTERY = """Current Battery Service state:
  AC powered: false
  USB powered: true
  Wireless powered: false
  Max charging current: 500000
  status: 2
  health: 2
  present: true
  level: 43
  scale: 50
  voltage: 3874
  temperature: 323
  technology: Li-ion
"""


def test_the_battery():
    assert parse.battery(BATTERY) == Battery(86.0, 32.3, True, True)


def test_a_battery_that_says_nothing():
    assert parse.battery("Can't find service: battery") == Battery(None, None, None, False)


def test_a_battery_without_a_scale_is_in_percent():
    assert parse.battery("  level: 43\n").percent == 43.0


def changed(name, value):
    """`BATTERY` with another value in one field."""
    return "".join(
        f"  {name}: {value}\n" if line.strip().startswith(f"{name}:") else line
        for line in BATTERY.splitlines(keepends=True)
    )


@pytest.mark.parametrize(
    ("name", "value", "percent"),
    [
        ("level", "0", None),
        ("level", "1", 2.0),
        ("level", "50", 100.0),
        ("level", "51", None),
        ("level", "-1", None),
        ("level", "N/A", None),
        ("level", "", None),
        ("level", "21.5", 43.0),
        ("scale", "0", None),
        ("scale", "-50", None),
        ("scale", "N/A", None),
        ("present", "false", None),
    ],
)
def test_how_full_a_battery_is_is_believed_if_it_can_be(name, value, percent):
    assert parse.battery(changed(name, value)).percent == percent


@pytest.mark.parametrize(
    ("said", "celsius"),
    [
        ("32", None),  # Whole degrees, or a phone at 3.2.
        ("99", None),
        ("100", 10.0),
        ("800", 80.0),
        ("801", None),
        ("32.3", None),  # Decimals, of whatever unit.
        ("323.0", None),
        ("0", None),
        ("-2730", None),
        ("33500", None),
        ("N/A", None),
    ],
)
def test_a_battery_is_as_warm_as_a_battery_can_be(said, celsius):
    battery = parse.battery(changed("temperature", said))
    assert battery.temperature_c == celsius
    assert bool(battery.disbelieved) is (celsius is None)


def test_a_battery_that_is_not_there_says_nothing_and_is_not_doubted():
    battery = parse.battery(changed("present", "false"))
    assert battery == Battery(None, None, True, True, is_present=False)


def test_what_a_maker_appends_does_not_change_what_stands_before():
    text = f"{BATTERY}  Samsung's own:\n  level: 3\n  temperature: 400\n"
    assert parse.battery(text) == parse.battery(BATTERY)


def test_lines_of_an_older_shell_end_otherwise():
    assert parse.battery(BATTERY.replace("\n", "\r\n")) == parse.battery(BATTERY)


@pytest.mark.parametrize("how", ["AC", "USB", "Wireless", "Dock"])
@pytest.mark.parametrize("powered", [True, False])
def test_whatever_feeds_it_powers_it(how, powered):
    assert parse.battery(f"  {how} powered: {str(powered).lower()}\n").is_powered is powered


def test_a_battery_that_is_full_on_its_cable_is_powered_and_not_charging():
    full = parse.battery(BATTERY.replace("status: 2", "status: 5"))
    assert (full.is_charging, full.is_powered) == (False, True)
