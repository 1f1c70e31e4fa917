"""A worker that a command of this machine starts: natively, or within an emulator."""

from __future__ import annotations

import signal
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from irrvit.benchmark import machine
from irrvit.benchmark.device import TimedBlock
from irrvit.benchmark.errors import one_line
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.worker import answers
from irrvit.benchmark.worker.connection import WorkerConnection

_PATIENCE_S = 2


class LocalProcess:
    """See `irrvit.benchmark.device.Process`."""

    def __init__(self, command: Sequence[str], path: str, config: RunConfig):
        """Start `command`, which runs `irrvit.benchmark.worker.process`, and load a file in it."""
        self._folder = tempfile.TemporaryDirectory(prefix="irrvit-bench-")
        self._log = Path(self._folder.name) / "stderr"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us, not it.
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._worker = WorkerConnection(
            self._process.stdin,
            self._process.stdout,
            timeout_s=config.timeout_s,
            explain_end=self._explain_end,
        )
        try:
            answer = self._worker.ask(
                "load", runtime=config.runtime, path=path, threads=config.threads
            )
            self.load_info = answers.to_load_info(answer, accelerator="cpu")
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def set_input(self, pixels: np.ndarray) -> None:
        file = Path(self._folder.name) / "pixels.npy"
        np.save(file, pixels.astype(np.float32))
        self._worker.ask("set", pixels=str(file))

    def time(self, calls: int, *, untimed: int = 0) -> TimedBlock:
        if untimed:
            self._worker.ask("time", calls=untimed)
        before = machine.busy_s()
        answer = self._worker.ask("time", calls=calls)
        after = machine.busy_s()
        busy_ms = None if before is None or after is None else 1000 * (after - before)
        return answers.to_timed_block(answer, busy_ms=busy_ms)

    def logits(self) -> np.ndarray:
        return answers.to_logits(self._worker.ask("logits"))

    def peak_memory_bytes(self) -> int | None:
        return answers.to_memory_bytes(self._worker.ask("memory"))

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        self._worker.close()
        self._folder.cleanup()

    def _explain_end(self) -> str:
        try:
            code = self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            return "its process closed its output and went on"
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        how += ": out of memory?" if how == "SIGKILL" else ""
        lines = self._log.read_text(errors="replace").strip().splitlines()
        return f"its process died ({how})" + (
            f"; its last words: {one_line(lines[-1])}" if lines else ""
        )


class ProfiledLocalProcess(LocalProcess):
    """See `irrvit.benchmark.device.ProfilingProcess`."""

    def profile(self, calls: int) -> list[dict[str, Any]]:
        return answers.to_events(self._worker.ask("profile", calls=calls))
