"""What is measured: one file in one runtime, with all that has to be known of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from irrvit.benchmark.results.golden import GoldenPicture


@dataclass(frozen=True)
class Subject:
    """One file in one runtime.

    Attributes:
        path: what the device is told to load.
        sha256: of the file; for PyTorch, of what decides the network and its weights.
    """

    name: str
    path: str
    target: str
    precision: str
    runtime: str
    sha256: str
    size_bytes: int
    macs: int
    golden: tuple[GoldenPicture, ...]

    @property
    def label(self) -> str:
        """What it is called to people: which network, in which file, by which runtime."""
        return f"{self.file_label} {self.runtime}"

    @property
    def file_label(self) -> str:
        """The same without the runtime, for who runs each file in one."""
        return f"{self.name} {self.target}-{self.precision}"

    @property
    def pixels(self) -> np.ndarray:
        """What it is timed on: a photograph, (1, H, W, 3)."""
        return self.golden[0].pixels

    def facts(self) -> dict[str, Any]:
        """What a measurement says of it, under the names that the measurement has for it."""
        return {
            "artifact_sha256": self.sha256,
            "target": self.target,
            "variant": self.name,
            "precision": self.precision,
            "size_bytes": self.size_bytes,
            "macs": self.macs,
        }
