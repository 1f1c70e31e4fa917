"""The TensorFlow environment is made once, whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from irrvit.export.errors import RunnerUnavailable
from irrvit.export.tensorflow import environment as module
from irrvit.export.tensorflow.environment import (
    VARIABLE,
    environment,
    is_current,
    make_environment,
    python,
)


@pytest.fixture
def light(tmp_path, monkeypatch):
    """Requirements that ask for nothing, so that a real environment takes seconds."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("# nothing\n")
    monkeypatch.setattr(module, "_REQUIREMENTS", requirements)
    return requirements


def test_it_lies_beside_the_virtual_environment_that_runs(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(sys, "prefix", "/checkout/.venv")
    assert environment() == Path("/checkout/.venv-tensorflow")


def test_it_never_lies_beside_the_system_python(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setattr(sys, "prefix", sys.base_prefix)
    assert Path.home() in environment().parents


def test_the_variable_decides(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "mine"))
    assert environment() == tmp_path / "mine"


@pytest.mark.usefixtures("light")
def test_it_is_made_once_and_whole(tmp_path):
    said: list[str] = []
    folder = make_environment(said.append, tmp_path / "env")
    assert (is_current(folder), python(folder).exists(), bool(said)) == (True, True, True)
    said.clear()
    make_environment(said.append, folder)
    assert said == []


@pytest.mark.usefixtures("light")
def test_an_interrupted_one_is_built_again(tmp_path):
    half = tmp_path / "env.unfinished"
    half.mkdir()
    (half / "rubbish").touch()
    assert not is_current(tmp_path / "env")
    folder = make_environment(lambda _: None, tmp_path / "env")
    assert is_current(folder)
    assert not half.exists()
    assert not (folder / "rubbish").exists()


def test_other_requirements_make_it_out_of_date(tmp_path, light):
    folder = make_environment(lambda _: None, tmp_path / "env")
    light.write_text("# something else\n")
    assert not is_current(folder)


def test_what_pip_says_is_passed_on_and_nothing_is_taken_for_whole(tmp_path, light):
    light.write_text("./no-such-folder\n")
    with pytest.raises(RunnerUnavailable, match="no-such-folder"):
        make_environment(lambda _: None, tmp_path / "env")
    assert not (tmp_path / "env").exists()
