"""The records of a profile: where the time of a call goes, by module of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import PositiveInt

from irrvit.benchmark.errors import ExitCode
from irrvit.benchmark.measurement import Record
from irrvit.benchmark.results.rows import MeasureResult


class ProfileRow(Record):
    """What the operations of one module took in a call; `module` is "other" if nothing says whose.

    Attributes:
        operations: of the file, as the runtime ran them.
        nodes_on: how many of them ran on each accelerator; None where the runtime does not say.
    """

    module: str
    operations: int
    ms: float
    nodes_on: dict[str, int] | None = None


class Profile(Record):
    """Where the time of a call goes, from the runtime's own profiler, in the order of the network.

    Attributes:
        estimated_by: who expects it, where nothing was measured: the p50 is shared out then.
        total_ms: of the rows; a profiled call takes longer than one that is not.
        p50_ms: of calls without the profiler, on the same machine straight before.
    """

    artifact_sha256: str
    target: str
    variant: str
    precision: str
    runtime: str
    runtime_version: str
    threads: PositiveInt
    p50_ms: float
    total_ms: float
    rows: tuple[ProfileRow, ...]
    estimated_by: str | None = None


@dataclass(frozen=True)
class ProfileResult:
    """What came of it; `problems` has a sentence for each file that was not profiled.

    Attributes:
        measured: the same files measured, if a page of both was asked for.
    """

    profiles: list[Profile]
    problems: Mapping[str, str]
    measured: MeasureResult | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The worse of both."""
        own = ExitCode.COULD_NOT_RUN if self.problems else ExitCode.PASSED
        return own if self.measured is None else max(own, self.measured.exit_code)
