"""Doing what the command line asks: progress on stderr, the result on stdout, an exit code."""

from __future__ import annotations

import json
import sys

from rich.console import Console

from irrvit.export.command import output
from irrvit.export.command.export_files import COULD_NOT_RUN, ExportResult, export_files
from irrvit.export.command.options import ExportOptions, left_out
from irrvit.export.command.progress import progress
from irrvit.export.errors import ExportError
from irrvit.model.errors import ModelError

INTERRUPTED = 130


def perform(options: ExportOptions, *, as_json: bool) -> int:
    """Export, print what came of it, and return the exit code."""
    try:
        with progress() as notify:
            result = export_files(options, notify)
    except (ExportError, ModelError) as error:
        complain(str(error))
        return COULD_NOT_RUN
    except KeyboardInterrupt:
        complain("interrupted; what was there before is untouched")
        return INTERRUPTED
    for name, why in left_out(options).items():
        complain(f"{name}: {why}")
    _print_errors(result)
    if as_json:
        print(json.dumps(output.to_json(result.model, result.artifacts, result.errors), indent=2))
    elif result.artifacts:
        _print_table(result)
    return result.exit_code


def complain(sentence: str) -> None:
    """Say a sentence to whoever called the command."""
    print(f"irrvit-export: {sentence}", file=sys.stderr)


def _print_errors(result: ExportResult) -> None:
    """One sentence for each target; one for all where they have the same to say."""
    sentences = set(result.errors.values())
    if len(sentences) == 1 and not result.artifacts:
        complain(sentences.pop())
        return
    for name, sentence in result.errors.items():
        complain(f"{name}: {sentence}")


def _print_table(result: ExportResult) -> None:
    console = Console()
    console.print(output.to_table(result.model, result.artifacts))
    for opened in result.artifacts:
        console.print(f"  {opened.path}", soft_wrap=True, highlight=False)
