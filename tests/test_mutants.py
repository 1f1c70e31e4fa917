"""`make mutants` finds what no test holds, and never leaves a broken file in the checkout."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIMIT = """LIMIT = 50


def is_enough(calls: int | None) -> bool:
    return calls is not None and calls >= LIMIT
"""
TESTS = {
    "weak": "assert is_enough(99); assert not is_enough(1); assert not is_enough(None)",
    "good": "assert is_enough(50); assert not is_enough(49); assert not is_enough(None)",
    "wrong": "assert not is_enough(99)",
}

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("cosmic_ray") is None, reason="only on machines with the extra mutants"
)


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A tree with one module, its tests, and the real driver."""
    shutil.copytree(ROOT / "scripts" / "mutants", tmp_path / "scripts" / "mutants")
    shutil.copy(ROOT / ".gitignore", tmp_path)
    (tmp_path / "benchmark" / "results").mkdir(parents=True)
    (tmp_path / "benchmark" / "results" / "limit.py").write_text(LIMIT)
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    return tmp_path


def judged_by(checkout: Path, tests: str) -> subprocess.CompletedProcess[str]:
    path = checkout / "tests" / "benchmark" / "results" / "test_limit.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    code = "from irrvit.benchmark.results.limit import is_enough\n\n\ndef test_limit():\n    "
    path.write_text(code + TESTS[tests] + "\n")
    command = [sys.executable, checkout / "scripts" / "mutants", "--jobs", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (checkout / "benchmark" / "results" / "limit.py").read_text() == LIMIT
    return done


def test_a_limit_that_no_test_holds_survives_until_one_does(checkout):
    done = judged_by(checkout, "weak")
    assert done.returncode == 1
    assert (
        "benchmark/results/limit.py:1 survived (NumberNudge)\n-LIMIT = 50\n+LIMIT = " in done.stdout
    )
    done = judged_by(checkout, "good")
    assert done.returncode == 0
    assert "survived" not in done.stdout


def test_what_was_found_out_is_not_found_out_again(checkout):
    judged_by(checkout, "good")
    stored = (checkout / "artifacts" / "mutants" / "verdicts.jsonl").read_text()
    assert ", 0 are to be judged" in judged_by(checkout, "good").stderr
    assert (checkout / "artifacts" / "mutants" / "verdicts.jsonl").read_text() == stored
    assert all(json.loads(line)["killed_by"] == "its own tests" for line in stored.splitlines())


def test_a_test_that_fails_unbroken_kills_nothing(checkout):
    done = judged_by(checkout, "wrong")
    assert "its own tests fail unbroken, and judge nothing" in done.stderr
    assert "killed: 0 of " in done.stdout


def test_annotations_and_guards_of_records_are_not_broken(checkout):
    text = (
        "from __future__ import annotations\n\nfrom dataclasses import dataclass\n\n\n"
        "@dataclass(frozen=True)\nclass Record:\n    value: int | None\n"
    )
    (checkout / "benchmark" / "results" / "limit.py").write_text(text)
    command = [sys.executable, checkout / "scripts" / "mutants", "--count", "9"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert "mutants: 1 mutants of 2 places" in done.stderr  # The decorator; not `frozen`.
