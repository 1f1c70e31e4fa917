"""What is shown together on a page: by device and threads, the quickest first, numbered."""

import pytest

from irrvit.benchmark.report.entries import TimedEntry, to_settings
from irrvit.benchmark.results.rows import to_timed_rows, to_untimed_rows


@pytest.fixture
def slower(measurement):
    repeats = tuple(
        r.model_copy(update={"blocks_ms": tuple(tuple(2 * ms for ms in b) for b in r.blocks_ms)})
        for r in measurement.repeats
    )
    return measurement.model_copy(update={"repeats": repeats, "variant": "slower"})


def test_the_quickest_is_first_and_numbers_go_on(measurement, slower):
    there = measurement.model_copy(
        update={"device": measurement.device.model_copy(update={"id_hash": "another"})}
    )
    first, second = to_settings(to_timed_rows([slower, measurement, there]))
    names = [(entry.number, entry.measurement.variant) for entry in first.entries]
    assert names == [(1, "irrvit_tiny"), (2, "slower")]
    assert [entry.number for entry in second.entries] == [3]


def test_threads_are_not_mixed(measurement):
    more = measurement.config.model_copy(update={"threads": 2})
    rows = to_timed_rows([measurement, measurement.model_copy(update={"config": more})])
    assert [setting.config.threads for setting in to_settings(rows)] == [1, 2]


def test_what_was_not_timed_has_no_axis(measurement):
    device = measurement.device.model_copy(update={"emulated": True})
    untimed = measurement.model_copy(update={"device": device, "repeats": ()})
    (setting,) = to_settings(to_untimed_rows([untimed]))
    assert setting.timed == []
    assert not isinstance(setting.entries[0], TimedEntry)


def test_a_network_without_macs_has_a_logarithm(measurement):
    (setting,) = to_settings(to_timed_rows([measurement.model_copy(update={"macs": 0})]))
    assert setting.entries[0].mmacs == 1e-6
