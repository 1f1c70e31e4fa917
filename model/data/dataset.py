"""Labelled pictures: what is trained on, what choices are made on, and what is only tested on.

Pictures reach a network through `spec.preprocess` and nothing else, here as in every app.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np
from PIL import Image

from irrvit.model.errors import BadData
from irrvit.model.spec import InputSpec, preprocess


@dataclass(frozen=True)
class Pictures:
    """Pictures with their classes.

    Attributes:
        read: index of a picture -> the picture.
        classes: (N,) int64, which of the labels each picture has.
    """

    read: Callable[[int], Image.Image] = field(repr=False)
    classes: np.ndarray = field(repr=False)

    def __len__(self) -> int:
        return len(self.classes)

    def pixels(self, indices: Sequence[int] | np.ndarray, spec: InputSpec) -> np.ndarray:
        """Read some pictures as a network eats them: uint8 (n, H, W, 3)."""
        return np.stack([preprocess(self.read(int(i)), spec) for i in indices])


@dataclass(frozen=True)
class Dataset:
    """Pictures in three parts that share none.

    Attributes:
        train: what a network learns from; for calibration too.
        held_out: what choices are made on.
        test: what is never trained on nor chosen by; None if nobody set it apart.
        mean, std: of the pictures, on the 0..1 scale.
        crop: the part of a picture's shorter side that reaches the network.
        sha256: of the pictures and their classes.
        skipped: broken pictures that were left out, with the reason.
        wnids: WordNet's numbers of the classes, where they are ImageNet's.
        labels_are_folders: somebody called folders so, who may have meant other names of classes.
    """

    name: str
    labels: tuple[str, ...]
    train: Pictures
    held_out: Pictures
    test: Pictures | None
    mean: tuple[float, float, float]
    std: tuple[float, float, float]
    crop: float
    sha256: str
    skipped: tuple[str, ...] = ()
    wnids: tuple[str, ...] = ()
    labels_are_folders: bool = False

    def input_spec(self, size: int) -> InputSpec:
        """What a network of input size `size` that is trained on these pictures eats."""
        return InputSpec(
            height=size,
            width=size,
            resize=round(size / self.crop),
            interpolation="bilinear",
            mean=self.mean,
            std=self.std,
        )


class DatasetModule(Protocol):
    """What a file `model/data/<name>.py` offers to be the data set `<name>`, `_` written as `-`.

    Attributes:
        LABELS: the classes, in the order of their numbers.
    """

    LABELS: tuple[str, ...]

    def missing(self, root: Path | None = None) -> str | None:
        """Say which files are not there and what to do about it; None if they are there.

        Args:
            root: the folder that the user named; None for where the files usually are.
        """
        ...

    def download(self, root: Path) -> None:
        """Fetch the files into a folder, so that nothing is missing below it.

        Raises:
            BadData: they cannot be fetched.
        """
        ...

    def load(self, root: Path | None = None) -> Dataset:
        """Read the files.

        Raises:
            BadData: they are absent or damaged.
        """
        ...


def split_by_class(classes: np.ndarray, share: float) -> tuple[np.ndarray, np.ndarray]:
    """Divide pictures into kept and held-out indices, `share` of every class held out.

    The same classes are always divided alike: the seed is fixed.
    """
    rng = np.random.default_rng(0)
    held_out = [
        rng.permutation(members)[: round(share * len(members))]
        for members in _members(classes)
        if len(members)
    ]
    chosen = np.sort(np.concatenate(held_out))
    return np.setdiff1d(np.arange(len(classes)), chosen), chosen


def subset(pictures: Pictures, indices: np.ndarray) -> Pictures:
    """Some of the pictures, as pictures."""
    return Pictures(lambda i: pictures.read(int(indices[i])), pictures.classes[indices])


def calibration_pictures(
    pictures: Pictures, spec: InputSpec, *, count: int, seed: int = 0
) -> np.ndarray:
    """Draw pictures for quantization, as many of each class as `count` allows: (count, H, W, 3).

    Returns:
        uint8 RGB pixels; classes take turns, so that any first part is balanced too.

    Raises:
        BadData: there are fewer than `count` pictures.
    """
    if not 0 < count <= len(pictures):
        raise BadData(f"{count} calibration pictures were asked for, of {len(pictures)}")
    rng = np.random.default_rng(seed)
    queues = [deque(rng.permutation(members)) for members in _members(pictures.classes)]
    chosen: list[int] = []
    while len(chosen) < count:
        for at in rng.permutation(len(queues)):
            if queues[at] and len(chosen) < count:
                chosen.append(int(queues[at].popleft()))
    return pictures.pixels(chosen, spec)


def batches(
    read: Callable[[np.ndarray], np.ndarray], groups: Sequence[np.ndarray], *, workers: int = 2
) -> Generator[np.ndarray]:
    """Read groups of pictures in order, a few ahead of the one that is used, in threads."""
    with ThreadPoolExecutor(workers) as pool:
        ahead: deque[Future[np.ndarray]] = deque()
        try:
            for group in groups:
                ahead.append(pool.submit(read, group))
                if len(ahead) > workers + 1:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        finally:
            for future in ahead:
                future.cancel()


def _members(classes: np.ndarray) -> list[np.ndarray]:
    """The indices of every class that has any."""
    return [np.flatnonzero(classes == c) for c in np.unique(classes)]
