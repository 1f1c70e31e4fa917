"""What a runtime has to offer the process that is measured, and which there are.

A module `benchmark/worker/runtimes/<name>.py` is a runtime. It imports its own package only when it
is used, since a device asks it for files that another device runs. What only some runtimes have is
a protocol of its own.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

from irrvit.benchmark.worker import runtimes

if TYPE_CHECKING:
    import numpy as np

# A path that stands for a large linear layer, the measure of what a device can do at best.
LINEAR = "linear:"


class LoadedFile(Protocol):
    """A file in a runtime; `call` is what is timed, and nothing else is."""

    version: str
    call: Callable[[], Any]

    def set(self, pixels: np.ndarray) -> None: ...
    def logits(self) -> np.ndarray:
        """Call once and return all outputs, as `flat` has them."""
        ...

    def placement(self) -> dict[str, Any]: ...


class Runtime(Protocol):
    """A module of `benchmark/worker/runtimes/`.

    Attributes:
        PACKAGE: the module that it takes; what it takes to import is no part of loading a file.
        EXTRA: of this project, which installs it.
    """

    PACKAGE: str
    EXTRA: str

    def load(self, path: str, threads: int) -> LoadedFile:
        """Load a file, or a linear layer if the path stands for one."""
        ...


@runtime_checkable
class RunsFiles(Protocol):
    """A runtime of files that are made for it, on whichever device."""

    SUFFIX: str

    def linear_file(self, size: int) -> bytes:
        """A linear layer as a file: `image` (size, size) times `linear.weights` -> `logits`."""
        ...


@runtime_checkable
class Profiling(Protocol):
    """A runtime that brings a profiler."""

    def profile(self, path: str, threads: int, pixels: np.ndarray, calls: int) -> list[dict]:
        """Call a file and return all that the profiler noted of these calls, in its order."""
        ...


@dataclass(frozen=True)
class BenchmarkTool:
    """Another program that times a file in a runtime, as a module of Python.

    Attributes:
        command: its module and arguments, for a file, threads, calls and where its result goes.
        median: the keys under which that result has the median in milliseconds.
    """

    name: str
    command: Callable[[str, int, int, str], Sequence[str]]
    median: tuple[str, ...]


@runtime_checkable
class Crosschecked(Protocol):
    """A runtime whose figures can be held against those of another program."""

    BENCHMARK_TOOL: BenchmarkTool


def names() -> list[str]:
    """The runtimes that there are, by file name; imports none of them."""
    return sorted(module.name for module in pkgutil.iter_modules(runtimes.__path__))


def get(name: str) -> Runtime:
    """The module of a runtime; its package need not be there.

    Raises:
        ValueError: there is none of this name; the message lists them.
    """
    if name not in names():
        raise ValueError(f'there is no runtime "{name}": expected {" or ".join(names())}')
    return cast(Runtime, importlib.import_module(f"{runtimes.__name__}.{name}"))


def flat(outputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """All outputs as one row of numbers, in the order of their names."""
    import numpy as np

    return np.concatenate([np.ravel(outputs[name]) for name in sorted(outputs)])


def read_file(path: str, runtime: str) -> tuple[bytes, str]:
    """What has to be loaded for a path, and the end of its name.

    Read into memory, never mapped: a mapped file that is replaced in place kills the process.
    """
    if not path.startswith(LINEAR):
        return Path(path).read_bytes(), Path(path).suffix
    module = get(runtime)
    assert isinstance(module, RunsFiles)
    return module.linear_file(int(path.removeprefix(LINEAR))), module.SUFFIX
