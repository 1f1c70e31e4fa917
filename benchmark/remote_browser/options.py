"""What only phones with nothing but a browser take of the command's options."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer


@dataclass(frozen=True)
class Options:
    """How a phone reaches this machine, and how long it is waited for."""

    address: Annotated[
        str | None,
        typer.Option(metavar="IP", help="This machine's address in the phone's network."),
    ] = None
    port: Annotated[
        int | None,
        typer.Option(metavar="N", help="Where the page is served.  [8444]", min=1, max=65535),
    ] = None
    wait: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            help="For the phone, first and when it goes away.  [180]",
            min=1,
            max=86_400,
        ),
    ] = None
