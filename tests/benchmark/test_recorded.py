"""What the statistics say of latencies that a real machine produced.

`recorded/` has `irrvit_300m.tflite` measured against itself in one run, by LiteRT 2.3.0 and one
thread on two cores of a virtual x86-64 machine: `busy` beside a process that kept the other core
busy, `uneven` a valid session of eight repeats in which the two processes of a repeat happened to
differ most (by 2.3 %, standard deviation): there five repeats find 5 % in only 44 of 100 trials.
"""

from pathlib import Path

import numpy as np
import pytest

from irrvit.benchmark.results import stats, store, validity
from irrvit.benchmark.results.stats import Verdict

FOLDER = Path(__file__).with_name("recorded")
NAMES = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
TRIALS, REPEATS = 100, 5


def load(name):
    loaded = store.load(FOLDER / f"{name}.jsonl")
    assert loaded.damaged == []
    return loaded.measurements


def verdicts(name, *, slower, repeats=REPEATS):
    """Some repeats, drawn; within each, chance says which of the two processes is called A."""
    sides = [[repeat.blocks_ms for repeat in m.repeats] for m in load(name)]
    generator = np.random.default_rng(0)
    found = []
    for _ in range(TRIALS):
        ours, theirs = [], []
        for i in generator.permutation(len(sides[0]))[:repeats]:
            pair = [sides[0][i], sides[1][i]]
            a, b = pair if generator.random() < 0.5 else reversed(pair)
            ours.append(a)
            theirs.append([[(1 + slower) * ms for ms in block] for block in b])
        found.append(stats.compare_paired(ours, theirs).verdict)
    return found


@pytest.mark.parametrize("name", NAMES)
def test_a_file_against_itself_cannot_tell(name):
    assert verdicts(name, slower=0.0).count(Verdict.CANNOT_TELL) >= 95


@pytest.mark.parametrize(("slower", "verdict"), [(0.05, Verdict.FASTER), (-0.05, Verdict.SLOWER)])
def test_a_difference_of_5_percent_is_found_even_beside_a_busy_core(slower, verdict):
    assert verdicts("busy", slower=slower).count(verdict) >= 90


@pytest.mark.parametrize(("slower", "verdict"), [(0.05, Verdict.FASTER), (-0.05, Verdict.SLOWER)])
def test_where_processes_are_uneven_eight_repeats_find_5_percent(slower, verdict):
    assert verdicts("uneven", slower=slower, repeats=8).count(verdict) >= 90


def blocking(measurement):
    return [issue.code for issue in validity.check(measurement) if issue.blocking]


def test_a_sixth_of_a_core_does_not_block_a_measurement():
    assert [blocking(measurement) for measurement in load("uneven")] == [[], []]


@pytest.mark.parametrize("measurement", load("uneven"), ids=["first", "second"])
def test_a_machine_that_throttles_by_15_percent_halfway_blocks_a_measurement(measurement):
    half = len(measurement.repeats) // 2
    slowed = [slow(r, 1.0 if i < half else 1.15) for i, r in enumerate(measurement.repeats)]
    assert "throttled" in blocking(measurement.model_copy(update={"repeats": tuple(slowed)}))


def slow(repeat, factor):
    blocks = tuple(tuple(factor * ms for ms in block) for block in repeat.blocks_ms)
    return repeat.model_copy(update={"blocks_ms": blocks})


@pytest.mark.parametrize("measurement", load("uneven"), ids=["first", "second"])
def test_two_blocks_are_too_few(measurement):
    first = measurement.repeats[0]
    cut = first.model_copy(update={"blocks_ms": first.blocks_ms[:2]})
    assert "too-few-samples" in blocking(measurement.model_copy(update={"repeats": (cut,)}))


def test_a_busy_core_beside_it_blocks_a_measurement():
    for measurement in load("busy"):
        assert blocking(measurement) == ["background-load"]
