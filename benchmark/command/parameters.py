"""Records of options as parameters of a command, and back.

A field of a record is a parameter; the fields of a record within it are parameters of the same
command; `own` stands for the options that only some kinds of device take, as these declare them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Annotated, Any, Protocol, TypeVar, get_args, get_origin, get_type_hints

import typer
from typer.models import OptionInfo

from irrvit.benchmark import kinds
from irrvit.benchmark.acts.options import OwnOptions

Record = TypeVar("Record")
Options = TypeVar("Options", contravariant=True)

_AS_JSON = inspect.Parameter(
    "as_json",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool,
        typer.Option("--json", help="The result as JSON on stdout.", rich_help_panel="Result"),
    ],
)


class DoAct(Protocol[Options]):
    """What is done with a record of options."""

    def __call__(self, options: Options, /, *, as_json: bool) -> None: ...


def to_command(record: type[Any], act: DoAct[Any]) -> Callable[..., None]:
    """A function that typer can make a command of: it builds the record and calls `act`."""
    parameters = [*to_parameters(record), _AS_JSON]

    def command(*, as_json: bool, **values: object) -> None:
        act(build(record, values), as_json=as_json)

    command.__signature__ = inspect.Signature(parameters)  # pyright: ignore[reportFunctionMemberAccess]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def option_names(record: type) -> dict[str, bool]:
    """The options of a command of a record, and whether a value follows them."""
    names: dict[str, bool] = {"--help": False}
    for parameter in [*to_parameters(record), _AS_JSON]:
        value, info = get_args(parameter.annotation)
        if isinstance(info, OptionInfo):
            declared = (info.default, *(info.param_decls or ()))
            spelled = [name for name in declared if isinstance(name, str)]
            names |= dict.fromkeys(spelled or [to_spelling(parameter.name)], value is not bool)
    return names


def to_spelling(name: str) -> str:
    """How the field of a record is spelled as an option."""
    return f"--{name.replace('_', '-')}"


def to_parameters(record: type) -> Iterator[inspect.Parameter]:
    """One for each option, annotated for typer."""
    hints = get_type_hints(record, include_extras=True)
    for field in fields(record):
        hint = hints[field.name]
        if hint == OwnOptions:
            yield from _own_parameters()
        elif is_dataclass(hint):
            yield from to_parameters(hint)  # pyright: ignore[reportArgumentType]
        else:
            yield _parameter(field, hint)


def _own_parameters() -> Iterator[inspect.Parameter]:
    """Each once, though several kinds may take it; its help says which."""
    for name, takers in kinds.own_options().items():
        record = kinds.load(takers[0]).Options
        hint = get_type_hints(record, include_extras=True)[name]
        (field,) = (field for field in fields(record) if field.name == name)
        value, option = get_args(hint)
        option = copy(option)
        option.help = f"{', '.join(takers)}: {option.help}"
        option.rich_help_panel = "Device"
        yield _parameter(field, Annotated[value, option])


def _parameter(field: Field[Any], hint: Any) -> inspect.Parameter:
    value, *extras = get_args(hint)
    default = inspect.Parameter.empty if field.default is MISSING else field.default
    if get_origin(value) is tuple:  # typer has lists.
        value, default = list[get_args(value)[0]] | None, default or None
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[value, *extras],
    )


def build(record: type[Record], values: Mapping[str, object]) -> Record:
    """The record of what was given; values of other records may be among them."""
    hints = get_type_hints(record, include_extras=True)
    own = {name: values[name] for name in kinds.own_options() if values.get(name)}
    arguments: dict[str, object] = {}
    for field in fields(record):  # pyright: ignore[reportArgumentType]
        hint = hints[field.name]
        if hint == OwnOptions:
            arguments[field.name] = own
        elif is_dataclass(hint):
            arguments[field.name] = build(hint, values)  # pyright: ignore[reportArgumentType]
        elif field.name in values:
            given = values[field.name]
            is_series = get_origin(get_args(hint)[0]) is tuple
            arguments[field.name] = tuple(given or ()) if is_series else given  # pyright: ignore
    return record(**arguments)
