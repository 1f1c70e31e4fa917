"""What the harness itself costs: a worker in a process of its own, whose calls do nothing.

And what it answers when it is told nonsense.
"""

import sys
from pathlib import Path

import numpy as np
import pytest

from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.worker.client import LocalProcess

# A worker that has a runtime more: calls do nothing, or keep count of what they took themselves.
EMPTY = f"""
from irrvit.benchmark.worker import process, runtimes
runtimes.__path__.append({str(Path(__file__).with_name("empty_runtime"))!r})
process.main()
"""
CALLS = 2000


@pytest.fixture
def start():
    processes = []

    def start(path):
        command = [sys.executable, "-P", "-c", EMPTY]
        processes.append(LocalProcess(command, path, RunConfig(runtime="empty")))
        return processes[-1]

    yield start
    for process in processes:
        process.close()


def test_the_harness_adds_less_than_20_microseconds_to_a_call(start):
    process = start("nothing")
    runs = [process.time(CALLS) for _ in range(5)]
    added_us = [1000 * (run.wall_ms - sum(run.latencies_ms)) / CALLS for run in runs]
    assert min(added_us) < 20  # The least: a busy machine makes any of them longer.


def test_a_call_of_nothing_takes_next_to_nothing(start):
    timed = start("nothing").time(CALLS)
    assert 1000 * np.median(timed.latencies_ms) < 5


def test_the_harness_adds_next_to_nothing_to_the_time_of_a_call(start):
    process = start("watched")
    timed = process.time(CALLS)
    took_ms = process.logits() / 1e6
    assert len(took_ms) == CALLS
    added_us = 1000 * (np.array(timed.latencies_ms) - took_ms)
    assert (added_us >= 0).all()
    assert np.median(added_us) < 5


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ({"do": "dance"}, 'there is no command "dance"'),
        ({"do": "__init__"}, 'there is no command "__init__"'),
        ({"do": "load", "runtime": "x", "path": "a", "threads": 1}, 'there is no runtime "x"'),
        ({"do": "time"}, "missing 1 required positional argument: 'calls'"),
    ],
)
def test_nonsense_is_an_answer_and_the_next_command_is_heard(start, command, complaint):
    connection = start("nothing")._worker
    with pytest.raises(CommandFailed, match=complaint):
        connection.ask(**command)
    assert connection.ask("memory")["bytes"] > 0
