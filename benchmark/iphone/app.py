"""One file in the app on an iPhone."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from irrvit.benchmark.device import TimedBlock
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.iphone.link import Link
from irrvit.benchmark.iphone.phone import AppEnded
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.worker import answers


class AppProcess:
    """See `irrvit.benchmark.device.Process`: a worker in the app's own process."""

    ESTIMATED_BY = "Apple's MLComputePlan"

    def __init__(self, link: Link, path: str, config: RunConfig):
        """Load the package that lies at `path` on the iPhone."""
        self._link = link
        try:
            answer = link.ask(
                "load",
                runtime=config.runtime,
                path=path,
                threads=config.threads,
                accelerator=config.accelerator,
            )
        except AppEnded as error:
            raise CommandFailed(f"loading the file ended its process: {error}") from error
        self.load_info = answers.to_load_info(answer, accelerator=None)

    def set_input(self, pixels: np.ndarray) -> None:
        content = np.ascontiguousarray(pixels, "<f4").tobytes()
        self._link.ask("set", base64=base64.b64encode(content).decode())

    def time(self, calls: int, *, untimed: int = 0) -> TimedBlock:
        """What others take meanwhile iOS tells no app."""
        if untimed:
            self._link.ask("time", calls=untimed)
        return answers.to_timed_block(self._link.ask("time", calls=calls), busy_ms=None)

    def logits(self) -> np.ndarray:
        return answers.to_logits(self._link.ask("logits"))

    def peak_memory_bytes(self) -> int | None:
        return answers.to_memory_bytes(self._link.ask("memory"))

    def estimate(self) -> list[dict[str, Any]]:
        """See `irrvit.benchmark.device.EstimatingProcess`; iOS 17.4 and later."""
        return answers.to_operations(self._link.ask("plan"))

    def close(self) -> None:
        self._link.close()
