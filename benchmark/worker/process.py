"""The process that is measured: it holds one file in one runtime and does what stdin tells it.

Its commands are those of docs/protocol.md. It and the runtimes need numpy, the package of the
runtime, and of the project only what needs no package at all (but its networks, for PyTorch), so
that an emulated ARM can run it too.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark.worker import runtime as runtimes
from irrvit.benchmark.worker.runtime import LoadedFile, Profiling


def time_calls(call: Callable[[], Any], calls: int) -> list[int]:
    """Nanoseconds of each call; the list is made before, and nothing is collected meanwhile."""
    clock, times = time.perf_counter_ns, [0] * calls
    gc.disable()
    try:
        for i in range(calls):
            start = clock()
            call()
            times[i] = clock() - start
    finally:
        gc.enable()
    return times


def peak_memory_bytes() -> int:
    """The most memory that this process ever had, since it became this program."""
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    import resource  # Not on Windows.

    # Elsewhere the figure of the system; on macOS it is in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


class Worker:
    """Answers commands; `file` is there after `load` and `pixels` after `set`."""

    file: LoadedFile
    pixels: np.ndarray

    def load(self, runtime: str, path: str, threads: int) -> dict[str, Any]:
        self._module, self._path, self._threads = runtimes.get(runtime), path, threads
        # What it takes to import is not the file's to answer for.
        importlib.import_module(self._module.PACKAGE)
        idle = peak_memory_bytes()
        start = time.perf_counter_ns()
        self.file = self._module.load(path, threads)
        load_ms = (time.perf_counter_ns() - start) / 1e6
        return {
            "load_ms": load_ms,
            "version": self.file.version,
            "placement": self.file.placement(),
            "idle_memory_bytes": idle,
        }

    def set(self, pixels: str) -> dict[str, Any]:
        self.pixels = np.load(pixels)
        self.file.set(self.pixels)
        return {}

    def logits(self) -> dict[str, Any]:
        return {"logits": np.asarray(self.file.logits(), np.float64).ravel().tolist()}

    def time(self, calls: int) -> dict[str, Any]:
        cpu, start = time.process_time_ns(), time.perf_counter_ns()
        times = time_calls(self.file.call, calls)
        wall = time.perf_counter_ns() - start
        return {"ns": times, "cpu_ns": time.process_time_ns() - cpu, "wall_ns": wall}

    def memory(self) -> dict[str, Any]:
        return {"bytes": peak_memory_bytes()}

    def profile(self, calls: int) -> dict[str, Any]:
        """Load the file once more, with the runtime's own profiler."""
        assert isinstance(self._module, Profiling)
        events = self._module.profile(self._path, self._threads, self.pixels, calls)
        return {"events": events}


def serve(worker: object) -> None:
    """Do what stdin says by the methods of `worker`, until it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides what Ctrl-C means.
    # Runtimes print to stdout as they like: answers have a pipe of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            answer = _perform(worker, **json.loads(line))
        except Exception as error:  # Sent to whoever asked, who raises it.
            answer = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _perform(worker: object, do: str, **arguments: Any) -> dict[str, Any]:
    command = None if do.startswith("_") else getattr(type(worker), do, None)
    if command is None:
        raise ValueError(f'there is no command "{do}"')
    return command(worker, **arguments)


def main() -> None:
    serve(Worker())


if __name__ == "__main__":
    main()
