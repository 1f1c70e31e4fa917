"""Options of a measurement that are text."""

import pytest

from irrvit.benchmark.acts.measure import parse_seconds
from irrvit.benchmark.errors import BadOptions


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1.5m", 90)])
def test_a_time_is_read_in_seconds_or_minutes(text, seconds):
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "long", "0", "10 m", "-5s", "5h"])
def test_what_is_no_time_is_said_with_what_is(text):
    with pytest.raises(BadOptions, match=r"expected a time, such as 90s or 10m"):
        parse_seconds(text)
