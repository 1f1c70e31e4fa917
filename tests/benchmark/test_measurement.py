"""The records are JSON both ways, and refuse what they do not know."""

import pytest
from pydantic import ValidationError

from irrvit.benchmark.measurement import GoldenAgreement, Measurement


def test_a_measurement_is_read_back_as_it_was(measurement):
    assert Measurement.model_validate_json(measurement.model_dump_json()) == measurement


def test_a_name_that_is_not_known_is_refused(measurement):
    with pytest.raises(ValidationError, match="agreements"):
        Measurement.model_validate(measurement.model_dump() | {"agreements": 1})


def test_latencies_are_those_of_all_repeats_in_their_order(measurement):
    expected = [ms for repeat in measurement.repeats for block in repeat.blocks_ms for ms in block]
    assert list(measurement.latencies_ms) == expected


@pytest.mark.parametrize(
    ("cases", "failures", "passed"),
    [(0, (), False), (1, (), True), (1, ("cat.jpg: wrong",), False)],
)
def test_golden_answers_that_compared_nothing_have_not_passed(cases, failures, passed):
    assert GoldenAgreement(cases=cases, failures=failures).passed is passed
