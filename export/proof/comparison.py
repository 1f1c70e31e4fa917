"""Some cases, and what PyTorch says about them: what every runner of a file is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from irrvit.export.precision import Tolerance
from irrvit.export.proof import parity
from irrvit.export.proof.cases import Case, batch
from irrvit.export.reports import ParityReport


@dataclass(frozen=True)
class Comparison:
    """Cases and the answers to them.

    Attributes:
        by_case: logits (classes,) of the reference.
    """

    cases: tuple[Case, ...]
    by_case: Mapping[str, np.ndarray]

    @property
    def names(self) -> list[str]:
        return [case.name for case in self.cases]

    @property
    def pixels(self) -> np.ndarray:
        """Float32 (N, H, W, 3)."""
        return batch(self.cases)

    @property
    def reference(self) -> np.ndarray:
        """Logits (N, classes)."""
        return np.stack([self.by_case[name] for name in self.names])

    def reports(
        self, outputs: Mapping[str, np.ndarray], tolerance: Tolerance, sha256: str
    ) -> tuple[ParityReport, ...]:
        """Compare what each runner says, logits (N, classes) by its name."""
        reference = dict(zip(self.names, self.reference, strict=True))
        return tuple(
            parity.check(
                reference,
                dict(zip(self.names, logits, strict=True)),
                tolerance=tolerance,
                artifact_sha256=sha256,
                runner=runner,
            )
            for runner, logits in outputs.items()
        )
