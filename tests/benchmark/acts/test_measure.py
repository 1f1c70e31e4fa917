"""Options of a measurement, and what is refused before anyone looks for a device."""

import math
from pathlib import Path

import pytest

from irrvit.benchmark.acts import accuracy, measure, profile
from irrvit.benchmark.acts.measure import parse_seconds
from irrvit.benchmark.acts.options import (
    AccuracyOptions,
    DeviceOptions,
    FileOptions,
    MeasureOptions,
    ProfileOptions,
)
from irrvit.benchmark.errors import BadOptions


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1.5m", 90)])
def test_a_time_is_read_in_seconds_or_minutes(text, seconds):
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "long", "0", "10 m", "-5s", "5h"])
def test_what_is_no_time_is_said_with_what_is(text):
    with pytest.raises(BadOptions, match=r"expected a time, such as 90s or 10m"):
        parse_seconds(text)


# For this one a person would have to scan a QR code.
REMOTE = DeviceOptions("remote-browser", own={"address": "nowhere"})
NOWHERE = FileOptions(artifacts=(Path("nowhere"),))


def silent(name, stage):
    pass


@pytest.mark.parametrize("limit_c", [9.9, 110.1, 33500, -273, math.nan, math.inf])
def test_a_gate_that_no_device_has_is_refused_before_one_is_looked_for(limit_c):
    measuring = MeasureOptions(device=REMOTE.alone, start_below_c=limit_c)
    profiling = ProfileOptions(device=REMOTE, start_below_c=limit_c)
    for act, options in ((measure, measuring), (profile, profiling)):
        with pytest.raises(BadOptions, match=r"--start-below got .*: expected a temp"):
            act.run(options, silent)


@pytest.mark.parametrize("limit_c", [10, 110])
def test_a_gate_that_one_may_have_is_taken_to_it(limit_c):
    elsewhere = DeviceOptions("host", own={"clean": True})
    with pytest.raises(BadOptions, match="does not take --clean"):
        measure.run(MeasureOptions(device=elsewhere.alone, start_below_c=limit_c), silent)


def test_a_gate_on_what_no_browser_tells_is_refused_before_one_is_waited_for():
    with pytest.raises(BadOptions, match="no remote-browser says how warm it is; leave it out"):
        measure.run(MeasureOptions(device=REMOTE.alone, start_below_c=37), silent)


@pytest.mark.parametrize(
    ("act", "options"),
    [
        (measure, MeasureOptions(files=NOWHERE, device=REMOTE.alone)),
        (profile, ProfileOptions(files=NOWHERE, device=REMOTE)),
        (accuracy, AccuracyOptions("x", files=NOWHERE, device=REMOTE)),
    ],
)
def test_files_that_are_nowhere_are_said_before_a_device_is_looked_for(act, options):
    with pytest.raises(BadOptions, match="nowhere does not exist"):
        act.run(options, silent)
