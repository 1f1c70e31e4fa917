"""`irrvit-export list`: what there is, what it needs, and what to type when it is not there."""

import importlib.util

import pytest

from irrvit.export import target
from irrvit.export.command import listing
from irrvit.model import sources


def block(name):
    """The lines of one target."""
    lines = list(listing.lines())
    start = next(i for i, line in enumerate(lines) if line.startswith(f"  {name} "))
    after = [i for i, line in enumerate(lines) if i > start and line[2:3].strip()]
    return " ".join(line.strip() for line in lines[start : after[0] if after else None])


def hide(monkeypatch, packages):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name in packages else find_spec(name)
    )


def test_every_model_and_target_is_there_in_80_columns():
    lines = list(listing.lines())
    words = {word for line in lines for word in line.split()}
    assert {*sources.names(), *target.names(), "timm:NAME[.WEIGHTS]", "FILE.pt2"} <= words
    assert max(map(len, lines)) <= 80


@pytest.mark.parametrize("name", target.names())
def test_a_target_says_its_facts(name):
    facts = target.facts(name)
    text = block(name)
    assert facts.description in text
    assert all(platform in text for platform in facts.platforms)
    assert facts.phones
    assert f"read by {facts.phones}" in text
    assert f"{facts.default_precision} (default)" in text
    assert all(precision in text for precision in facts.precisions)


@pytest.mark.parametrize("name", target.names())
def test_what_writes_and_runs_it_here_is_said_apart(name, monkeypatch):
    facts = target.facts(name)
    needed = {*facts.written_by, *facts.run_by}
    if target.missing(sorted(needed)):
        pytest.skip(f"the extra {name} is not installed")
    assert f"here written by {facts.written_by[0]}, run by {facts.runner}" in block(name)
    only_writes = needed - set(facts.run_by)
    hide(monkeypatch, only_writes or needed)
    text = block(name)
    assert "written by" not in text
    assert (f"here run by {facts.runner}" in text) == bool(only_writes)
    assert f'pip install "irrvit-mobile[{name}]"' in text
