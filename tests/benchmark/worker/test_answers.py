"""What a worker answers, just within what can be true and just beyond it."""

from __future__ import annotations

import contextlib

import pytest

from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.worker import answers

RIGHT = {
    "load": {"load_ms": 1.0, "version": "1", "placement": {"nodes_total": 3}, "accelerator": "cpu"},
    "time": {"ns": [5000, 6000], "wall_ns": 12000, "cpu_ns": 11000},
}
DAY_NS = 86_400 * 10**9


@pytest.mark.parametrize(
    ("do", "said", "is_taken"),
    [
        ("time", {"ns": [DAY_NS], "wall_ns": DAY_NS}, True),
        ("time", {"ns": [DAY_NS + 1]}, False),
        ("time", {"ns": [1e308, 1e308]}, False),
        ("time", {"ns": [float("nan")]}, False),
        ("time", {"ns": [0.1] * 3}, True),
        ("time", {"ns": [0.09] * 3}, False),
        ("time", {"ns": [5e-324] * 3}, False),  # 0 in milliseconds.
        ("time", {"wall_ns": 0}, False),  # What others took is divided by it.
        ("time", {"wall_ns": 1}, True),
        ("time", {"cpu_ns": -1}, False),
        ("time", {"cpu_ns": 0}, True),
        ("time", {"calls_per_value": 1_000_000}, True),
        ("time", {"calls_per_value": 10**400}, False),
        ("load", {"load_ms": 1e308}, False),
        ("load", {"idle_memory_bytes": 1 << 50}, True),
        ("load", {"idle_memory_bytes": (1 << 50) + 1}, False),
        ("load", {"placement": {"threads": 10**400}}, False),
        ("load", {"placement": {"nodes_total": -1}}, False),
    ],
)
def test_a_number_that_nothing_could_be_made_of_is_refused(do, said, is_taken):
    read = {
        "time": lambda said: answers.to_timed_block(said, busy_ms=1),
        "load": lambda said: answers.to_load_info(said, accelerator=None),
    }[do]
    refused = pytest.raises(CommandFailed, match=f"'{do}' with what is no|it is too coarse")
    with contextlib.nullcontext() if is_taken else refused:
        read(RIGHT[do] | said)


def test_who_ran_it_is_one_line_of_words():
    """They are shown beside the numbers that are not believed for them."""
    said = {"accelerator": "c\x1b[2Jpu\n", "placement": {"nodes_on": {"g\rpu": 2}}}
    placement = answers.to_load_info(RIGHT["load"] | said, accelerator=None).placement
    assert (placement.accelerator, placement.nodes_on) == ("c [2Jpu", {"g pu": 2})


@pytest.mark.parametrize(
    ("total", "delegated", "known"),
    [(31, 31, 31), (31, 32, None), (None, 32, 32), (31, None, None)],
)
def test_more_nodes_than_there_are_are_unknown(total, delegated, known):
    partitions = 1 if delegated else None
    said = {"nodes_total": total, "nodes_delegated": delegated, "partitions": partitions}
    said = {"placement": said}
    placement = answers.to_load_info(RIGHT["load"] | said, accelerator=None).placement
    assert (placement.nodes_delegated, placement.partitions is None) == (known, known is None)
