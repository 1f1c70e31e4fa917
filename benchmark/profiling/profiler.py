"""How what a runtime's profiler noted is read: the files of `profilers/`, by the runtime's name."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.profiling import profilers
from irrvit.benchmark.profiling.operation import FileOperation
from irrvit.benchmark.profiling.trace import Trace


class Profiler(Protocol):
    """A module of `benchmark/profiling/profilers/`."""

    def to_trace(self, events: Iterable[Mapping[str, Any]]) -> Trace:
        """What was noted, as a record."""
        ...

    def read_operations(self, path: Path) -> list[FileOperation]:
        """The operations of a file in their order."""
        ...

    def to_owners(
        self, operators: Sequence[str], operations: Sequence[FileOperation]
    ) -> list[int | None]:
        """Which operation of the file each operator runs; None where nothing says."""
        ...


def names() -> list[str]:
    """The runtimes whose profilers are known; imports none of them."""
    return sorted(module.name for module in pkgutil.iter_modules(profilers.__path__))


def get(runtime: str) -> Profiler:
    """What reads the profiler of a runtime.

    Raises:
        BadOptions: none is known; the message says of which.
    """
    if runtime not in names():
        raise BadOptions(f"no profiler of {runtime} is known: expected {' or '.join(names())}")
    return cast(Profiler, importlib.import_module(f"{profilers.__name__}.{runtime}"))
