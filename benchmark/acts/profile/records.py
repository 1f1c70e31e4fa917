"""The records of `--profile`: where the time of a call goes, by module of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import PositiveInt

from irrvit.benchmark.measurement import Record

COMPLETE, COULD_NOT_RUN = 0, 2


class ProfileRow(Record):
    """What the operations of one module took in a call; `module` is "other" if nothing says whose.

    Attributes:
        operations: of the file, as the runtime ran them.
    """

    module: str
    operations: int
    ms: float


class Profile(Record):
    """Where the time of a call goes, from the runtime's own profiler, in the order of the network.

    Attributes:
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


@dataclass(frozen=True)
class Profiles:
    """What came of it; `problems` has a sentence for each file that was not profiled."""

    profiles: list[Profile]
    problems: Mapping[str, str]

    @property
    def exit_code(self) -> int:
        return COULD_NOT_RUN if self.problems else COMPLETE
