"""`irrvit-bench`: how fast files are on a device, and whether the number can be believed.

An act is imported when it is done, so that `--help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol, TypeVar

import typer

from irrvit.benchmark.acts.lab_options import LabOptions
from irrvit.benchmark.acts.options import (
    AccuracyOptions,
    CrosscheckOptions,
    MeasureOptions,
    NoOptions,
    ProfileOptions,
    SetupOptions,
    ShowOptions,
)
from irrvit.benchmark.command import parameters, spelling
from irrvit.benchmark.command.help import PROGRAM, ActCommand, default_act_command
from irrvit.benchmark.errors import BadOptions, ExitCode

if TYPE_CHECKING:
    from irrvit.benchmark.acts.accuracy import AccuracyResult
    from irrvit.benchmark.acts.act import Act, ActResult
    from irrvit.benchmark.acts.catalog import CatalogResult
    from irrvit.benchmark.acts.crosscheck import CrosscheckResult
    from irrvit.benchmark.acts.devices import DevicesResult
    from irrvit.benchmark.acts.lab import LabResult
    from irrvit.benchmark.acts.setup import SetupResult
    from irrvit.benchmark.profiling.records import ProfileResult
    from irrvit.benchmark.results.rows import MeasureResult

Options = TypeVar("Options")
Result = TypeVar("Result", bound="ActResult")


def _measure() -> Act[MeasureOptions, MeasureResult]:
    """Measure latency and memory, and whether the answers are right.

    Exits with 0 when every number is valid and, with --compare, none is slower; 1 when one is
    invalid, wrong or slower; 2 when something could not be measured. A file that is called as an
    act is: ./NAME.
    """
    from irrvit.benchmark.acts import measure

    return measure


def _profile() -> Act[ProfileOptions, ProfileResult]:
    """Show where the time of a call goes, by module of the network."""
    from irrvit.benchmark.acts import profile

    return profile


def _accuracy() -> Act[AccuracyOptions, AccuracyResult]:
    """Count right decisions on labelled pictures, beside PyTorch."""
    from irrvit.benchmark.acts import accuracy

    return accuracy


def _crosscheck() -> Act[CrosscheckOptions, CrosscheckResult]:
    """Hold our p50 against other tools on this machine.

    Exits with 0 when every median is within 3 % of the other tool's, and with 1 when one is not.
    """
    from irrvit.benchmark.acts import crosscheck

    return crosscheck


def _show() -> Act[ShowOptions, MeasureResult]:
    """Show what was measured before, from a store."""
    from irrvit.benchmark.acts import show

    return show


def _devices() -> Act[NoOptions, DevicesResult]:
    """Show the devices that are there now."""
    from irrvit.benchmark.acts import devices

    return devices


def _setup() -> Act[SetupOptions, SetupResult]:
    """Install or build what a kind of device needs."""
    from irrvit.benchmark.acts import setup

    return setup


def _list() -> Act[NoOptions, CatalogResult]:
    """Show the names of kinds of devices and of suites."""
    from irrvit.benchmark.acts import catalog

    return catalog


def _lab() -> Act[LabOptions, LabResult]:
    """Share the devices of several machines: head, join HEAD, devices HEAD.

    A lab is for a network that you trust: whoever reaches its head can run programs on all its
    machines. `head` is for this machine alone unless it is given an address.
    """
    from irrvit.benchmark.acts import lab

    return lab


class Perform(Protocol):
    """What is done with an act once its options are known."""

    def __call__(
        self, load: Callable[[], Act[Options, Result]], options: Options, *, as_json: bool
    ) -> None: ...


def _perform(load: Callable[[], Act[Options, Result]], options: Options, *, as_json: bool) -> None:
    from irrvit.benchmark.command.perform import perform

    perform(load(), options, as_json=as_json)


class CommandLine:
    """Every act as a command of its own; typer sees the one that is asked for and no other.

    Attributes:
        takes: the options of each act, and whether a value follows them.
    """

    def __init__(self, perform: Perform = _perform):
        self._perform = perform
        self._commands: dict[str, Callable[..., None]] = {}
        self._about: dict[str, str] = {}
        self.takes = {
            "measure": self._add("measure", MeasureOptions, _measure),
            "profile": self._add("profile", ProfileOptions, _profile),
            "accuracy": self._add("accuracy", AccuracyOptions, _accuracy),
            "crosscheck": self._add("crosscheck", CrosscheckOptions, _crosscheck),
            "show": self._add("show", ShowOptions, _show),
            "devices": self._add("devices", NoOptions, _devices),
            "setup": self._add("setup", SetupOptions, _setup),
            "list": self._add("list", NoOptions, _list),
            "lab": self._add("lab", LabOptions, _lab),
        }

    def _add(
        self, name: str, record: type[Options], load: Callable[[], Act[Options, Result]]
    ) -> Mapping[str, bool]:
        def act(options: Options, *, as_json: bool) -> None:
            self._perform(load, options, as_json=as_json)

        self._commands[name] = parameters.to_command(record, act)
        self._about[name] = load.__doc__ or ""
        return parameters.option_names(record)

    def __call__(self, words: Sequence[str]) -> None:
        """Do what the words ask for and exit."""
        try:
            name, *rest = spelling.to_act(words, self.takes)
        except BadOptions as error:
            print(f"irrvit-bench: {error}", file=sys.stderr)
            sys.exit(ExitCode.COULD_NOT_RUN)
        is_default = name == spelling.DEFAULT_ACT
        cls = default_act_command(self._about) if is_default else ActCommand
        app = typer.Typer(
            add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
        )
        app.command(name, help=self._about[name], cls=cls)(self._commands[name])
        app(rest, prog_name=f"{PROGRAM} {name}")


def main() -> None:
    """Entry point of the command."""
    CommandLine()(sys.argv[1:])


if __name__ == "__main__":
    main()
