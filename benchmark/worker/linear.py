"""The weights of the large linear layer that tells what a device does at best, bar none."""

from __future__ import annotations

import numpy as np


def weights(size: int) -> np.ndarray:
    """The same (size, size) whenever and wherever they are made."""
    return np.random.default_rng(0).standard_normal((size, size), np.float32)
