"""What a store has is shown as a run is: the latest of each kind, held against its own run."""

import pytest

from irrvit.benchmark.acts import show as show_act
from irrvit.benchmark.acts.options import ShowOptions
from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.results import store


@pytest.fixture
def path(tmp_path, measurement):
    """Two runs: a first network and one beside it, then the second alone again."""
    path = tmp_path / "store.jsonl"
    other = {"variant": "timm:other", "macs": 150_000_000}
    store.append(path, measurement)
    store.append(path, measurement.model_copy(update=other))
    store.append(path, measurement.model_copy(update={"run_id": "later"}))
    return path


def show(path, **asked):
    return show_act.run(ShowOptions(store=path, **asked), lambda name, stage: None)


def test_the_latest_of_each_kind_is_shown(path):
    rows = show(path).rows
    assert [(r.measurement.variant, r.measurement.run_id) for r in rows] == [
        ("timm:other", "run"),
        ("irrvit_tiny", "later"),
    ]


def test_a_measurement_is_held_against_the_first_of_its_run_even_if_that_is_not_shown(path):
    other, later = show(path).rows
    assert other.first is not None
    assert other.first.measurement.variant == "irrvit_tiny"
    assert other.speed_against_first == pytest.approx(0.5)
    assert later.first is None


def test_networks_and_runtimes_can_be_asked_for(path):
    (row,) = show(path, models=("timm:other",), runtimes=("litert",)).rows
    assert row.measurement.variant == "timm:other"


@pytest.mark.parametrize(
    "asked", [{"models": ("nothing",)}, {"runtimes": ("torch",)}, {"suite": "article"}]
)
def test_what_is_not_there_is_answered_with_what_is(path, asked):
    with pytest.raises(BadOptions, match="it has irrvit_tiny by litert, timm:other by litert"):
        show(path, **asked)


def test_a_damaged_line_is_a_problem_and_the_rest_is_shown(path):
    with path.open("a") as file:
        file.write('{"schema_version": 1, "run')
    result = show(path)
    assert len(result.rows) == 2
    assert "line 4: not whole JSON" in next(iter(result.problems.values()))
    assert result.exit_code == 2


def test_a_store_without_a_whole_line_names_what_is_damaged(tmp_path):
    path = tmp_path / "store.jsonl"
    path.write_text('{"schema_version": 1, "run')
    with pytest.raises(BadOptions, match="line 1: not whole JSON"):
        show(path)


def test_a_baseline_gates_what_is_stored_as_well(path):
    result = show(path, compare=path)
    assert [gated.gate for gated in result.gated] == ["passed", "passed"]
    assert result.exit_code == 0


def test_what_is_emulated_has_answers_and_no_times(tmp_path, measurement):
    path = tmp_path / "store.jsonl"
    device = measurement.device.model_copy(update={"emulated": True})
    store.append(path, measurement.model_copy(update={"device": device, "repeats": ()}))
    result = show(path)
    assert (len(result.rows), len(result.untimed)) == (0, 1)
