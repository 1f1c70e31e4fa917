"""Where networks are exported: what every place has to offer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from irrvit.export.command.evaluate import Decide
from irrvit.export.command.export_files import ExportResult
from irrvit.export.command.options import ExportOptions
from irrvit.model.progress import Notify

ALL = "all"
"""In place of a target: what is said of every file of a network."""


@dataclass(frozen=True)
class Exported:
    """A network that is done.

    Attributes:
        host: where it was exported; empty on this machine.
        seconds: from when it was begun.
    """

    options: ExportOptions
    result: ExportResult
    host: str = ""
    seconds: float = 0.0


class Place(Protocol):
    """Such as `here.Here`."""

    def export(self, each: Sequence[ExportOptions], notify: Notify) -> Iterator[Exported]:
        """Export each network into its `out`; yield them as they are done."""
        ...

    @property
    def decide(self) -> Decide:
        """What lets files name the classes of labelled pictures."""
        ...


def about(model: str, notify: Notify) -> Notify:
    """What says of the files of a network which network it is."""
    return lambda name, stage: notify(model, f"{name}: {stage}")


def could_not(options: ExportOptions, sentence: str) -> ExportResult:
    """The result of a network of which nothing could be written."""
    return ExportResult(options.model, errors={ALL: sentence})
