"""What a written file is judged by: the network as it was prepared, and how the file came about."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch

from irrvit.export.manifest import Calibration
from irrvit.export.pixels import Outputs
from irrvit.export.proof.cases import Case
from irrvit.export.target import QuantizationOptions
from irrvit.model.folding.check import FoldCheck
from irrvit.model.sources.source import Source


@dataclass(frozen=True)
class Prepared:
    """A network ready to be written, and what the file will be held against.

    Attributes:
        reference: of the unfolded float32 network, each output (...) by case.
        folded: raw pixels (1, C, H, W) -> outputs.
        macs: of the folded network, by PyTorch's counter.
        findings: what was left out of the comparison, and what had to be assumed.
        float32: the float32 file of the target, where it was written already.
    """

    source: Source
    cases: tuple[Case, ...]
    reference: dict[str, Outputs]
    folded: torch.nn.Module
    fold: FoldCheck
    macs: int
    findings: tuple[str, ...]
    float32: Path | None = None


@dataclass(frozen=True)
class Written:
    """A file as its target left it; `compatibility` says what can open it."""

    path: Path
    compatibility: str
    quantization: QuantizationOptions | None
    calibration: Calibration | None
