"""What profilers note, as one record for every runtime."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

Event = Mapping[str, Any]
# What a call took, and each operator in it by its name; microseconds.
Call = tuple[int, list[tuple[str, int]]]


class Trace(BaseModel):
    """Some calls of one file under a profiler; microseconds.

    Attributes:
        operators: what the runtime ran in each call, in its order and in its words.
        us: of each call, of each operator.
        total_us: of each call; more than its operators took together.
        accelerators: where each operator runs, if the runtime says.
    """

    model_config = ConfigDict(frozen=True)

    operators: tuple[str, ...]
    us: tuple[tuple[float, ...], ...]
    total_us: tuple[float, ...]
    accelerators: tuple[str, ...] = ()

    def scaled(self, factor: float) -> Trace:
        """The same where everything takes so many times as long."""
        return self.model_copy(
            update={
                "us": tuple(tuple(factor * us for us in call) for call in self.us),
                "total_us": tuple(factor * us for us in self.total_us),
            }
        )


def from_calls(calls: Iterable[Call]) -> Trace:
    """Raises ValueError if they did not run the same operators."""
    totals, operators = zip(*calls, strict=True)
    names = {tuple(name for name, _ in call) for call in operators}
    if len(names) != 1:
        raise ValueError("the runtime did not run the same operators in every call")
    return Trace(
        operators=names.pop(),
        us=tuple(tuple(us for _, us in call) for call in operators),
        total_us=totals,
    )
