"""What arrives is in the store once, whoever else puts it there."""

from types import ModuleType

import pytest

from irrvit.benchmark.acts import in_lab
from irrvit.benchmark.acts.at_host import Answer
from irrvit.benchmark.results import store
from irrvit.benchmark.run.rounds import RunResult

NO_RAY = ModuleType("ray")  # Nothing is kept on a host, so that nobody is told to forget it.


@pytest.fixture
def answer(measurement):
    other = measurement.model_copy(update={"run_id": "another"})
    return Answer(host="attic", node="1", measurements=(measurement, other), failures={"net": "no"})


def test_what_another_call_took_meanwhile_is_not_counted_again(answer, tmp_path):
    path = tmp_path / "kept.jsonl"
    store.append(path, answer.measurements[0])
    result = RunResult([], {})
    assert in_lab._take(NO_RAY, "", answer, path, result) == 1
    assert store.load(path).measurements == list(answer.measurements)
    assert result.measurements == [answer.measurements[1]]
    assert result.failures == {"attic, net": "no"}
    assert in_lab._take(NO_RAY, "", answer, path, RunResult([], {})) == 0
    assert len(store.load(path).measurements) == 2


def test_a_store_that_takes_nothing_leaves_it_on_its_host(answer, tmp_path):
    (tmp_path / "kept.jsonl").mkdir()
    result = RunResult([], {})
    assert in_lab._take(NO_RAY, "", answer, tmp_path / "kept.jsonl", result) == 0
    assert result.failures["store"].endswith("; attic keeps what it measured")
    assert result.measurements == []
