"""A format is one file: a copy of the project gains one, and all of `irrvit-export` has it."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from irrvit.export import target

EXPORT = Path(target.__file__).parent
FOURTH = Path(__file__).parent / "fourth_target" / "program.py"
NAME = FOURTH.stem


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """Where `irrvit` is a copy whose only change is one more file in `targets/`."""
    top = tmp_path_factory.mktemp("copy")
    for package in ("model", "export"):
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(EXPORT.parent / package, top / "irrvit" / package, ignore=ignore)
    shutil.copy(FOURTH, top / "irrvit/export/targets")
    return top


def run(copy, *command):
    done = subprocess.run(
        [sys.executable, "-m", *map(str, command)],
        cwd=copy,  # `python -m` looks here first.
        env=os.environ | {"PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def test_it_is_listed_with_its_facts(copy):
    done = run(copy, "irrvit.export.cli", "list")
    assert done.returncode == 0, done.stderr
    assert f"{NAME}" in done.stdout.split()
    assert "a saved program of torch, for android" in done.stdout
    assert "run by torch" in done.stdout


def test_a_precision_that_it_lacks_is_refused_by_its_own_facts(copy):
    done = run(copy, "irrvit.export.cli", "--target", NAME, "--precision", "fp16")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"{NAME} has no precision 'fp16': expected fp32" in done.stderr


@pytest.fixture(scope="module")
def exported(copy):
    options = ("--model", "irrvit_tiny", "--target", NAME, "--out", "artifacts")
    done = run(copy, "irrvit.export.cli", *options, "--explain", "--json")
    assert done.returncode == 0, done.stderr
    (written,) = json.loads(done.stdout)["artifacts"]
    return written


@pytest.mark.slow
def test_it_goes_through_the_whole_pipeline(copy, exported):
    assert exported["parity"]["passed"]
    assert exported["parity"]["runner"] == "torch"
    assert exported["operations"]["before"] is None  # Nobody asked to count them.
    assert exported["operations"]["after"] > 0
    assert exported["findings"] == []
    assert (copy / "artifacts" / f"{NAME}-fp32" / "irrvit_tiny.pt2").is_file()


@pytest.mark.slow
def test_it_is_opened_and_run_like_any_other(copy, exported):
    code = (
        "import numpy as np\n"
        "from irrvit.export import artifact\n"
        f"opened = artifact.open('artifacts/{NAME}-fp32')\n"
        "spec = opened.manifest.input\n"
        "print(opened.run(np.zeros((2, spec.height, spec.width, 3), np.uint8)).shape[0])\n"
    )
    (copy / "try_it.py").write_text(code)
    done = run(copy, "try_it")
    assert done.stdout.strip() == "2", done.stderr


@pytest.mark.slow
def test_nothing_is_done_again_when_nothing_changed(copy, exported):
    options = ("--model", "irrvit_tiny", "--target", NAME, "--out", "artifacts")
    assert "unchanged" in run(copy, "irrvit.export.cli", *options).stderr


@pytest.mark.slow
def test_it_owes_what_every_target_owes(copy, tmp_path):
    """The contract tests, unchanged, in a copy that has it."""
    tests = copy / "tests"
    shutil.copytree(EXPORT.parent / "tests/export", tests / "export", dirs_exist_ok=True)
    shutil.copy(EXPORT.parent / "tests/conftest.py", tests)
    shutil.copy(EXPORT.parent / "pyproject.toml", copy)
    done = run(copy, "pytest", "-q", "-k", NAME, "tests/export/test_contract.py")
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout
