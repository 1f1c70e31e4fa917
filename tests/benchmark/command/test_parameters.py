"""A record of options and the parameters of a command are two forms of one thing."""

import inspect
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, get_args

import pytest
import typer

from irrvit.benchmark.acts.options import OwnOptions
from irrvit.benchmark.cli import CommandLine
from irrvit.benchmark.command.parameters import build, option_names, to_parameters

NAME = typer.Option(help="A name.")


@dataclass(frozen=True)
class Inner:
    names: Annotated[tuple[str, ...], typer.Option("--name")] = ()


@dataclass(frozen=True)
class Outer:
    place: Annotated[Path, typer.Argument()]
    inner: Inner = field(default_factory=Inner)
    is_fast: Annotated[bool, typer.Option("--fast")] = False
    at_most: Annotated[int, NAME] = 3


def test_the_fields_of_an_inner_record_are_parameters_of_the_same_command():
    names = [parameter.name for parameter in to_parameters(Outer)]
    assert names == ["place", "names", "is_fast", "at_most"]


def test_what_has_no_default_is_required_and_a_series_is_a_list():
    place, names, _, at_most = to_parameters(Outer)
    assert place.default is inspect.Parameter.empty
    assert at_most.default == 3
    assert get_args(names.annotation)[0] == list[str] | None


def test_options_are_listed_with_whether_a_value_follows():
    assert option_names(Outer) == {
        "--help": False,
        "--name": True,
        "--fast": False,
        "--at-most": True,
        "--json": False,
    }


@pytest.mark.parametrize(("given", "names"), [(None, ()), (["a", "b"], ("a", "b"))])
def test_a_record_is_built_from_what_was_given(given, names):
    values = {"place": Path("x"), "names": given, "is_fast": True, "at_most": 5}
    assert build(Outer, values) == Outer(Path("x"), Inner(names), True, 5)


def test_only_those_options_of_kinds_are_kept_that_were_given():
    @dataclass(frozen=True)
    class There:
        own: OwnOptions

    values = {"apk": Path("app.apk"), "clean": False, "benchmark_binary": None}
    hints = {"own": OwnOptions}
    There.__annotations__ = hints
    assert build(There, values).own == {"apk": Path("app.apk")}


def test_no_option_of_an_act_is_declared_twice():
    """A field of the same name in two records within one would be one parameter."""
    for act, options in CommandLine(lambda load, options, as_json: None).takes.items():
        assert len(options) == len(set(options)), act
