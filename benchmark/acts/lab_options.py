"""What can be asked of `irrvit-bench lab`; see `irrvit.benchmark.acts.options`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import typer

from irrvit.benchmark.remote_browser.options import Options as RemoteOptions


@dataclass(frozen=True)
class LabOptions:
    """Options of `irrvit-bench lab`."""

    what: Annotated[str, typer.Argument(metavar="WHAT", help="head, join or devices.")]
    head: Annotated[
        str | None,
        typer.Argument(metavar="HEAD", help="Where the lab's head is; of a head, its address."),
    ] = None
    let_in: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Phones to let in first, which offer their browser; ports from --port on.",
            min=0,
            max=100,
        ),
    ] = 0
    phones: RemoteOptions = field(default_factory=RemoteOptions)
