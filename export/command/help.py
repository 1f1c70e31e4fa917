"""What `--help` shows: options in groups that have a title, in plain text, which is quick."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup

from irrvit.model.once import Once

_OTHER = "Other"


class GroupedHelp(Once, TyperGroup):
    """A command whose options are shown under the titles of their `rich_help_panel`."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Group by group in the order of declaration, then the commands."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for parameter in self.get_params(ctx):
            row = parameter.get_help_record(ctx)
            if row is not None:
                title = getattr(parameter, "rich_help_panel", None) or _OTHER
                groups.setdefault(title, []).append(row)
        for title, rows in groups.items():
            with formatter.section(title):
                formatter.write_dl(rows)
        self.format_commands(ctx, formatter)
