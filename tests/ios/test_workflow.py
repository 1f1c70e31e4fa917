"""The workflow that builds the app on a hosted Mac, as far as it can be read here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_WORKFLOW = _ROOT / ".github/workflows/ios.yml"
_OWN = _ROOT / "ios_app/build/bin"


def test_actionlint_has_nothing_to_say():
    path = os.pathsep.join((str(_OWN), os.environ.get("PATH", "")))
    tool = shutil.which("actionlint", path=path)
    if tool is None:
        pytest.skip("only on machines with Go, or with actionlint")
    done = subprocess.run([tool, str(_WORKFLOW)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def test_it_runs_what_the_readme_says():
    text = _WORKFLOW.read_text()
    for step in ("make ios-models", "swift test", "iphonesimulator", "IRRViT-unsigned.ipa"):
        assert step in text


def test_a_failing_build_cannot_hide_behind_a_pipe():
    text = _WORKFLOW.read_text()
    assert "bash -euo pipefail {0}" in text
    assert "| tee" not in text
