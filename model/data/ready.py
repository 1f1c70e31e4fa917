"""Pictures that are preprocessed once and held in memory, for a network that learns faster than
they can be read.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

import numpy as np

from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.spec import InputSpec

_PARTS = 100


@dataclass(frozen=True)
class ReadyPictures(Pictures):
    """Pictures whose pixels are in memory, as one input wants them.

    Attributes:
        ready: uint8 (N, H, W, 3), preprocessed as `spec` says.
    """

    spec: InputSpec = field(kw_only=True)
    ready: np.ndarray = field(kw_only=True, repr=False)

    def pixels(self, indices: Sequence[int] | np.ndarray, spec: InputSpec) -> np.ndarray:
        """Some of them; another input than theirs is read anew."""
        return self.ready[indices] if spec == self.spec else super().pixels(indices, spec)


def kept_ready(data: Dataset, spec: InputSpec) -> Dataset:
    """The same data set, its training and held-out pictures held in memory for an input."""
    return replace(data, train=_ready(data.train, spec), held_out=_ready(data.held_out, spec))


def _ready(pictures: Pictures, spec: InputSpec) -> ReadyPictures:
    ready = np.empty((len(pictures), spec.height, spec.width, 3), np.uint8)

    def fill(part: np.ndarray) -> None:
        if len(part):
            ready[part] = pictures.pixels(part, spec)

    with ThreadPoolExecutor() as pool:
        for _ in pool.map(fill, np.array_split(np.arange(len(pictures)), _PARTS)):
            pass
    return ReadyPictures(pictures.read, pictures.classes, spec=spec, ready=ready)
