"""How often a file is right on labelled pictures, and how often it decides as PyTorch does."""

from __future__ import annotations

from math import sqrt

import numpy as np

from irrvit.export.manifest import Accuracy
from irrvit.export.proof.labelled import Expected
from irrvit.model.data.dataset import Dataset

_Z = 1.959964  # Of the normal distribution, 95 % two-sided.


def summarize(
    candidate: np.ndarray, reference: np.ndarray, expected: Expected, *, data: Dataset
) -> Accuracy:
    """Compare the decisions of a file with PyTorch's, (N,) class indices each, and the labels."""
    right = int(expected.are_right(candidate).sum())
    low, high = interval(right, len(candidate))
    return Accuracy(
        data=data.name,
        data_sha256=data.sha256,
        naming=expected.rule,
        pictures=len(candidate),
        right=right,
        low=low,
        high=high,
        reference_right=int(expected.are_right(reference).sum()),
        same_decisions=int((candidate == reference).sum()),
    )


def interval(right: int, pictures: int) -> tuple[float, float]:
    """The 95 % interval of a share (E. B. Wilson, 1927, doi:10.1080/01621459.1927.10502953)."""
    share, z2 = right / pictures, _Z**2
    middle = share + z2 / (2 * pictures)
    half = _Z * sqrt(share * (1 - share) / pictures + z2 / (4 * pictures**2))
    return (middle - half) / (1 + z2 / pictures), (middle + half) / (1 + z2 / pictures)
