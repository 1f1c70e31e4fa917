"""The build says what it cannot do; what it does is in test_apk.py."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path) -> Path:
    """The app's folder with nothing built."""
    ignored = shutil.ignore_patterns("build")
    return shutil.copytree(ROOT / "android_app", tmp_path / "android_app", ignore=ignored)


def build(folder: Path, step: str, **environ: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, folder / "build.py", step]
    return subprocess.run(
        command, env=os.environ | environ, capture_output=True, text=True, check=False
    )


def test_where_no_jar_can_be_had_it_says_so_and_fails(copy, tmp_path):
    """A Maven that finds nothing, as one without a network does."""
    program = tmp_path / "bin/mvn"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'Could not transfer artifact'\nexit 1\n")
    program.chmod(0o755)
    done = build(copy, "worker", PATH=f"{program.parent}:{os.environ['PATH']}")
    assert done.returncode == 2
    assert "Maven Central cannot be reached" in done.stderr
    assert "Could not transfer artifact" in done.stderr


def test_a_jar_that_is_another_is_refused(copy, tmp_path):
    """A Maven that fetches something else under the right name."""
    name = (copy / "jars/SHA256SUMS").read_text().split()[1]
    program = tmp_path / "bin/mvn"
    program.parent.mkdir()
    program.write_text(
        f"#!/bin/sh\nmkdir -p {copy}/build/jars\necho no >{copy}/build/jars/{name}\n"
    )
    program.chmod(0o755)
    done = build(copy, "worker", PATH=f"{program.parent}:{os.environ['PATH']}")
    assert done.returncode == 2
    assert f"{name} is not what jars/SHA256SUMS says" in done.stderr


def test_an_unknown_step_is_answered_with_those_there_are(copy):
    done = build(copy, "everything")
    assert done.returncode == 1
    assert "build.py apk" in done.stderr
