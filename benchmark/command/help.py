"""What `--help` shows: options in groups that have a title, and the other acts."""

from __future__ import annotations

from typing import Any

from typer.core import TyperCommand

_OTHER = "Options"


class ActCommand(TyperCommand):
    """A command whose options are shown by the groups that they are declared to be of."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Arguments, then group by group in the order in which they are declared."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if row is not None and parameter.param_type_name == "argument":
                groups.setdefault("Arguments", []).append((str(parameter.metavar), row[1]))
            elif row is not None:
                groups.setdefault(_group(parameter), []).append(row)
        for title, rows in sorted(groups.items(), key=lambda group: group[0] == _OTHER):
            with formatter.section(title):
                formatter.write_dl(rows)


class DefaultActCommand(ActCommand):
    """The act that is meant where none is named: its help shows the others."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """With the act's name in brackets, and how the others are called."""
        program = ctx.parent.command_path if ctx.parent else ctx.command_path
        formatter.write_usage(program, f"[{self.name}] {' '.join(self.collect_usage_pieces(ctx))}")
        formatter.write_usage(program, "ACT [OPTIONS] ...")

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """The acts before the options."""
        others = ctx.parent.command.commands if ctx.parent else {}
        rows = [
            (name, command.get_short_help_str(limit=formatter.width - 14))
            for name, command in others.items()
        ]
        with formatter.section("Acts"):
            formatter.write_dl(rows)
        super().format_options(ctx, formatter)


def _group(parameter: Any) -> str:
    return getattr(parameter, "rich_help_panel", None) or _OTHER
