"""Options of `irrvit-bench`: which go together, and those that are text."""

from pathlib import Path

import pytest

from irrvit.benchmark.acts.measure import Request, choose, parse_seconds
from irrvit.benchmark.errors import BadOptions


def test_a_profile_with_a_page_is_measured_too_and_may_be_stored():
    request = Request("host", store=Path("x.jsonl"))
    assert choose(["profile"], request, Path("x.html")) == "profile"
    with pytest.raises(BadOptions, match="leave it out, or leave out --profile"):
        choose(["profile"], request, None)


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("90s", 90), ("10m", 600), ("1.5m", 90)])
def test_a_time_is_read_in_seconds_or_minutes(text, seconds):
    assert parse_seconds(text) == seconds


@pytest.mark.parametrize("text", ["", "long", "0", "10 m", "-5s", "5h"])
def test_what_is_no_time_is_said_with_what_is(text):
    with pytest.raises(BadOptions, match=r"expected a time, such as 90s or 10m"):
        parse_seconds(text)
