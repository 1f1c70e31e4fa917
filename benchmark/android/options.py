"""What only Android phones take of the command's options."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer


@dataclass(frozen=True)
class Options:
    """How files are run on a phone."""

    benchmark_binary: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Google's benchmark_model, instead of the app."),
    ] = None
    apk: Annotated[Path | None, typer.Option(metavar="FILE", help="The app to install.")] = None
    clean: Annotated[bool, typer.Option("--clean", help="Remove what was sent before, first.")] = (
        False
    )
