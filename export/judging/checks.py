"""What is held against a written file besides parity."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from torch import nn

from irrvit.export import target
from irrvit.export.errors import UnsupportedOp
from irrvit.export.job import ExportJob
from irrvit.export.manifest import Delegation
from irrvit.export.proof.overflow import overflows
from irrvit.export.target import Target


def failures(
    job: ExportJob, folded: nn.Module, pictures: np.ndarray, delegation: Delegation | None
) -> list[str]:
    """What other checks than parity have to say against the file."""
    sentences, facts = [], target.facts(job.target)
    if job.precision in facts.fp16_arithmetic:
        sentences += overflows(folded, pictures)
    if job.require_delegated and delegation is None:
        sentences.append(f"the runtime of {job.target} does not say which operations it delegates")
    if job.require_delegated and delegation is not None and not delegation.is_whole:
        sentences.append(
            f"{facts.delegate} computes the file in {delegation.partitions} pieces and leaves out "
            f"{', '.join(delegation.left_out) or 'nothing'}"
        )
    return sentences


def count_macs(chosen: Target, path: Path, expected: int) -> tuple[int, list[str]]:
    """Multiply-accumulates of a file, and what is to be said of them.

    Where they cannot be counted they are the network's: a statistic stops no export.
    """
    try:
        macs = chosen.count_macs(path)
    except UnsupportedOp as error:
        return expected, [f"multiply-accumulates are the network's, not the file's: {error}"]
    return macs, extra_work(macs, expected)


def extra_work(macs: int, expected: int) -> list[str]:
    """A converter may write a product twice, as litert-torch 0.10 does in Swin's patch merging."""
    if abs(macs - expected) <= 0.01 * expected:
        return []
    return [
        f"the file has {macs / 1e6:.1f} million multiply-accumulates where the network has "
        f"{expected / 1e6:.1f} million by PyTorch's counter: the converter changed how it computes"
    ]
