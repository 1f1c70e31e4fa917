"""What an act of `irrvit-bench` is: a module that does one thing with the options for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from rich.console import RenderableType

from irrvit.model.progress import Notify

Options = TypeVar("Options", contravariant=True)


class ActResult(Protocol):
    """What came of an act."""

    @property
    def problems(self) -> Mapping[str, str]:
        """A sentence for each thing that could not be done, by its name."""
        ...

    @property
    def exit_code(self) -> int: ...


Result = TypeVar("Result", bound=ActResult)


class Act(Protocol[Options, Result]):
    """A module of `benchmark/acts/`."""

    def run(self, options: Options, notify: Notify) -> Result:
        """Do it.

        Raises:
            BenchmarkError: before anything is done, when the options make no sense.
        """
        ...

    def to_table(self, result: Result) -> RenderableType:
        """For people: 80 columns; a text is printed as it is, however long its lines are."""
        ...

    def to_json(self, result: Result) -> dict[str, Any]:
        """For machines: one JSON object."""
        ...
