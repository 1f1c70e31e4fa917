"""An option that takes one value and is given twice is refused: neither value is dropped."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperCommand


class Once:
    """Put before a command of typer, in its bases."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as the command does, after a look at what is there more than once."""
        command: Any = self
        _, _, given = command.make_parser(ctx).parse_args(args=list(args))
        for parameter in given:
            takes_many = getattr(parameter, "multiple", True) or parameter.nargs == -1
            is_switch = getattr(parameter, "is_flag", False) and not parameter.secondary_opts
            if given.count(parameter) > 1 and not takes_many and not is_switch:
                raise typer.BadParameter(
                    "it takes one value and is given more than once: leave the others out",
                    ctx=ctx,
                    param=parameter,
                )
        return super().parse_args(ctx, args)  # pyright: ignore[reportAttributeAccessIssue]


class OnceCommand(Once, TyperCommand):
    """A command of typer whose options are given once."""
