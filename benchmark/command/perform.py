"""Running an act, and printing what came of it: the result on stdout, all else on stderr."""

from __future__ import annotations

import json
import sys
from typing import TypeVar

import typer

from irrvit.benchmark.acts.act import Act, ActResult
from irrvit.benchmark.errors import BenchmarkError, ExitCode

Options = TypeVar("Options")
Result = TypeVar("Result", bound=ActResult)


def perform(act: Act[Options, Result], options: Options, *, as_json: bool) -> None:
    """Do it, print it and exit with what it came to."""
    from rich.console import Console

    from irrvit.export.command.progress import progress

    try:
        with progress() as notify:
            result = act.run(options, notify)
    except BenchmarkError as error:
        say(str(error))
        raise typer.Exit(ExitCode.COULD_NOT_RUN) from error
    except KeyboardInterrupt:
        say("interrupted before anything was done")
        raise typer.Exit(ExitCode.INTERRUPTED) from None
    for name, message in result.problems.items():
        say(f"{name}: {message}")
    shown = json.dumps(act.to_json(result)) if as_json else act.to_table(result)
    if isinstance(shown, str):
        print(shown)
    else:
        # What devices and files are called is no markup.
        Console(markup=False, emoji=False).print(shown)
    raise typer.Exit(result.exit_code)


def say(sentence: str) -> None:
    """To whoever called the command, beside its result."""
    print(f"irrvit-bench: {sentence}", file=sys.stderr)
