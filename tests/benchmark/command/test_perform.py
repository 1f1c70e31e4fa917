"""What is printed where, and what the command exits with."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
import typer
from rich.table import Table

from irrvit.benchmark.command.perform import perform
from irrvit.benchmark.errors import BadOptions, ExitCode


@dataclass(frozen=True)
class Result:
    problems: dict[str, str] = field(default_factory=dict)
    exit_code: ExitCode = ExitCode.PASSED


def act(run, table: object = "a text") -> Any:
    return SimpleNamespace(
        run=run, to_table=lambda result: table, to_json=lambda result: {"rows": 1}
    )


def do(run, *, as_json=False):
    with pytest.raises(typer.Exit) as ended:
        perform(act(run), None, as_json=as_json)
    return ended.value.exit_code


@pytest.mark.parametrize("code", ExitCode)
def test_the_exit_code_is_the_results(code):
    assert do(lambda options, notify: Result(exit_code=code)) == code


def test_the_result_is_on_stdout_and_problems_beside_it(capsys):
    do(lambda options, notify: Result({"net": "its process died"}))
    assert capsys.readouterr() == ("a text\n", "irrvit-bench: net: its process died\n")


@pytest.mark.parametrize("table", ["x" * 200, Table("x" * 200)])
def test_a_text_keeps_its_lines_and_a_table_fits_the_terminal(capsys, table):
    with pytest.raises(typer.Exit):
        perform(act(lambda options, notify: Result(), table), None, as_json=False)
    longest = max(map(len, capsys.readouterr().out.splitlines()))
    assert longest == (200 if isinstance(table, str) else 80)


def test_json_is_one_object_on_stdout(capsys):
    do(lambda options, notify: Result({"net": "died"}), as_json=True)
    assert json.loads(capsys.readouterr().out) == {"rows": 1}


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (BadOptions("leave it out"), 2, "irrvit-bench: leave it out\n"),
        (KeyboardInterrupt(), 130, "irrvit-bench: interrupted before anything was done\n"),
    ],
)
def test_what_could_not_be_done_is_a_sentence_on_stderr(capsys, error, code, sentence):
    def run(options, notify):
        raise error

    assert do(run) == code
    assert capsys.readouterr() == ("", sentence)
