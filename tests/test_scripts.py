"""What make and continuous integration call says what is wrong, and fails when it must."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A tree with the real scripts and two parts of its own, `good` and `bad`."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    shutil.rmtree(tmp_path / "scripts" / "parts")
    for name, status in (("good", 0), ("bad", 5)):
        part = tmp_path / "scripts" / "parts" / name
        part.mkdir(parents=True)
        (part / "system-packages.txt").write_text("# none\n")
        (part / "test.sh").write_text(f"#!/usr/bin/env bash\necho ran {name}\nexit {status}\n")
        (part / "test.sh").chmod(0o755)
    return tmp_path


def run(checkout: Path, *command: str, **environ: str) -> subprocess.CompletedProcess[str]:
    # MAKEFLAGS of an outer make would reach the inner one, and so would its PARTS.
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "PARTS"))}
    return subprocess.run(
        command, cwd=checkout, env=inherited | environ, capture_output=True, text=True, check=False
    )


def test_make_alone_lists_every_target(checkout):
    done = run(checkout, "make")
    assert done.returncode == 0
    for target in ("setup", "demo", "test", "lint", "clean"):
        assert f"make {target} " in done.stdout


def test_an_unknown_part_is_named_with_those_there_are(checkout):
    done = run(checkout, "make", "test", "PARTS=good pyhton")
    assert done.returncode == 2
    assert "unknown part 'pyhton': expected some of: bad good" in done.stderr
    assert "ran" not in done.stdout


def test_no_part_at_all_is_refused(checkout):
    assert run(checkout, "make", "test", "PARTS=").returncode == 2


def test_one_part_can_be_run_alone(checkout):
    done = run(checkout, "make", "test", "PARTS=good")
    assert (done.returncode, done.stdout) == (0, "ran good\n")


def test_a_part_that_collects_no_test_fails_and_the_others_still_run(checkout):
    done = run(checkout, "make", "test")
    assert done.returncode != 0
    assert done.stdout == "ran bad\nran good\n"
    assert "test: FAILED: bad" in done.stderr


def test_continuous_integration_fails_with_a_part(checkout):
    assert run(checkout, ".ci/run").returncode != 0
    shutil.rmtree(checkout / "scripts" / "parts" / "bad")
    done = run(checkout, ".ci/run")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "ran good")


def test_setup_without_a_fitting_python_says_what_to_install(checkout):
    done = run(checkout, "scripts/setup.sh", PYTHON="/no/such/python")
    assert done.returncode == 1
    assert "needs Python 3.11, 3.12 or 3.13 and found none in PYTHON=/no/such/python" in done.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize(
    "part", sorted((ROOT / "scripts" / "parts").iterdir()), ids=lambda p: p.name
)
def test_every_part_has_its_tests_and_its_system_packages(part):
    assert os.access(part / "test.sh", os.X_OK)
    assert (part / "system-packages.txt").read_text().startswith("#")


@pytest.mark.parametrize(
    ("mark", "code", "installed", "said"),
    [
        (" ?", 0, "", "this system has no no-such-package; part 'x' goes on without it"),
        ("", 0, "no-such-package", "installing no-such-package"),
    ],
)
@pytest.mark.skipif(not shutil.which("dpkg-query"), reason="only on Debian and its like")
@pytest.mark.skipif(os.geteuid() != 0, reason="only on machines where root runs it")
def test_a_package_may_be_missing_where_its_list_says_so(tmp_path, mark, code, installed, said):
    """The real script, on an apt that knows no package and notes what it is to install."""
    script = tmp_path / "scripts" / "system-packages.sh"
    script.parent.mkdir()
    shutil.copy2(ROOT / "scripts" / "system-packages.sh", script)
    (tmp_path / "list").write_text(f"# what is needed\nno-such-package{mark}\n")
    for name, does in (("apt-cache", "exit 100"), ("apt-get", 'echo "${@: -1}" >>"$NOTES"')):
        (tmp_path / name).write_text(f"#!/usr/bin/env bash\n{does}\n")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = run(tmp_path, str(script), "list", "part 'x'", PATH=path, NOTES=str(tmp_path / "notes"))
    assert (done.returncode, said in done.stderr) == (code, True)
    notes = (tmp_path / "notes").read_text().splitlines()
    assert [line for line in notes if line != "-qq"] == installed.split()
