"""What a written file is judged by: the network as it was prepared, and how the file came about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from irrvit.export.manifest import Calibration, ParityReport
from irrvit.export.precision import Tolerance
from irrvit.export.proof import parity
from irrvit.export.proof.cases import Case, batch
from irrvit.export.target import QuantizationOptions
from irrvit.model.folding.check import FoldCheck
from irrvit.model.sources.source import Source


@dataclass(frozen=True)
class Prepared:
    """A network ready to be written, and what the file will be held against.

    Attributes:
        reference: logits (classes,) of the unfolded float32 network by case.
        folded: raw pixels (1, 3, H, W) -> logits.
        macs: of the folded network, by PyTorch's counter.
        findings: what was left out of the comparison, and what had to be assumed.
    """

    source: Source
    cases: tuple[Case, ...]
    reference: dict[str, np.ndarray]
    folded: torch.nn.Module
    fold: FoldCheck
    macs: int
    findings: tuple[str, ...]


@dataclass(frozen=True)
class Written:
    """A file as its target left it; `compatibility` says what can open it."""

    path: Path
    compatibility: str
    quantization: QuantizationOptions | None
    calibration: Calibration | None


@dataclass(frozen=True)
class Comparison:
    """Some cases, and what PyTorch says about them.

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
