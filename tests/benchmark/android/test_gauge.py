"""A battery's gauge in every unit that makers use."""

import contextlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrvit.benchmark.android import gauge
from irrvit.benchmark.android.gauge import Current, Disbelieved


@pytest.mark.parametrize(
    ("said", "volts"),
    [
        ("4123000\n", 4.123),
        ("4123", 4.123),
        ("4.123", 4.123),
        ("3874250.5", 3.8742505),
        ("2500", 2.5),
        ("5000", 5.0),
    ],
)
def test_a_voltage_is_read_in_microvolts_millivolts_and_volts(said, volts):
    assert gauge.volts(said) == pytest.approx(volts)


@pytest.mark.parametrize(
    "said", ["0", "", "N/A", "2499", "5001", "-4123", "41230", "8246000", "{0}"]
)
def test_a_voltage_that_no_cell_has_is_not_believed(said):
    with pytest.raises(
        Disbelieved, match=re.escape(f"voltage reads '{said}', which is 2.5 to 5 V")
    ):
        gauge.volts(said)


@pytest.mark.parametrize(
    ("idle", "current"),
    [
        (["-233000", "-240000", "-210000"], Current("uA", -1)),
        (["233000", "240000", "0"], Current("uA", 1)),
        (["-233", "-240", "-210"], Current("mA", -1)),
        (["233.5", "240.25", "210.0"], Current("mA", 1)),
        (["20"], Current("mA", 1)),
        (["3000"], Current("mA", 1)),
        (["20000"], Current("uA", 1)),
        (["3000000"], Current("uA", 1)),
    ],
)
def test_the_unit_of_a_current_is_that_in_which_a_phone_can_idle(idle, current):
    assert gauge.current_of(idle) == current


@pytest.mark.parametrize(
    ("idle", "why"),
    [
        (["0", "0", "0"], "reads 0: its maker does not measure it"),
        (["0.0"], "reads 0: its maker does not measure it"),
        (["19.9"], "reads 19.9 while it is idle, which is 20 to 3000 mA in no unit"),
        (["3001"], "reads 3001 while"),
        (["19999"], "reads 19999 while"),
        (["3000001"], "in no unit"),
        (["-233000", "240000"], "changes its sign while it is idle"),
        (["", "-233000"], "reads '': expected a number"),
        (["N/A"], "reads 'N/A': expected a number"),
        (["{serial}"], r"reads '\{serial\}': expected a number"),
    ],
)
def test_a_current_that_no_idle_phone_draws_is_not_believed(idle, why):
    with pytest.raises(Disbelieved, match=why):
        gauge.current_of(idle)


def test_what_is_drawn_is_positive_with_either_sign_and_in_either_unit():
    assert Current("uA", -1).milliamperes("-600000") == 600.0
    assert Current("uA", 1).milliamperes("600000") == 600.0
    assert Current("mA", -1).milliamperes("-600") == 600.0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("600000", "changed its sign while it was measured"),
        ("0", "changed its sign"),
        ("-10000001", "no phone's"),
        ("", "expected a number"),
    ],
)
def test_a_busy_phone_is_not_believed_everything(said, why):
    current = Current("uA", -1)
    assert current.milliamperes("-10000000") == 10_000.0
    with pytest.raises(Disbelieved, match=why):
        current.milliamperes(said)


@given(st.lists(st.text(), min_size=1), st.text())
def test_whatever_a_gauge_says_it_is_read_or_disbelieved(idle, said):
    for act in (
        lambda: gauge.current_of(idle),
        lambda: gauge.volts(said),
        lambda: Current("mA", 1).milliamperes(said),
    ):
        with contextlib.suppress(Disbelieved):
            act()
