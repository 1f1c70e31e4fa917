"""What only iPhones take of the command's options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer


@dataclass(frozen=True)
class Options:
    """How files are run on an iPhone."""

    bundle_id: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Start the app of this name (macOS with Xcode)."),
    ] = None
    clean: Annotated[bool, typer.Option("--clean", help="Remove what was sent before, first.")] = (
        False
    )
