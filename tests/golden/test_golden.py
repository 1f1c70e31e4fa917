"""The golden cases of the apps are what Python says today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    folder = tmp_path_factory.mktemp("golden")
    subprocess.run([sys.executable, HERE / "write.py", "--out", folder], check=True)
    return folder


@pytest.mark.parametrize(
    "name", sorted(p.name for p in HERE.iterdir() if p.suffix in (".json", ".ppm"))
)
def test_file_is_current(fresh, name):
    """If not: look at what changed in Python, then run `python tests/golden/write.py`."""
    assert (HERE / name).read_bytes() == (fresh / name).read_bytes()


def test_every_file_is_committed(fresh):
    assert {path.name for path in fresh.iterdir()} <= {path.name for path in HERE.iterdir()}
