"""What `--help` shows: options in groups that have a title, and the other acts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from irrvit.model.once import OnceCommand

PROGRAM = "irrvit-bench"
_OTHER = "Options"


class ActCommand(OnceCommand):
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


def default_act_command(about: Mapping[str, str]) -> type[ActCommand]:
    """The command of the act that is meant where none is named: its help shows all.

    Args:
        about: what each act says of itself; its first line is shown.
    """

    class DefaultActCommand(ActCommand):
        def format_usage(self, ctx: Any, formatter: Any) -> None:
            """With the act's name in brackets, and how the others are called."""
            pieces = " ".join(self.collect_usage_pieces(ctx))
            formatter.write_usage(PROGRAM, f"[{self.name}] {pieces}")
            formatter.write_usage(PROGRAM, "ACT [OPTIONS] ...")

        def format_options(self, ctx: Any, formatter: Any) -> None:
            """The acts before the options."""
            with formatter.section("Acts"):
                formatter.write_dl([(name, text.split("\n")[0]) for name, text in about.items()])
            super().format_options(ctx, formatter)

    return DefaultActCommand


def _group(parameter: Any) -> str:
    return getattr(parameter, "rich_help_panel", None) or _OTHER
