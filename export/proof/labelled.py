"""The labelled pictures that files are tried on, and which class a network should name in each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from irrvit.export.errors import BadOption
from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.data.find import load_dataset


@dataclass(frozen=True)
class LabelledPictures:
    """Where labelled pictures come from, as `irrvit.model.data.find.load_dataset` takes it."""

    name: str
    root: Path | None = None

    def load(self) -> Dataset:
        return load_dataset(self.name, root=self.root)


def tried_on(data: Dataset) -> list[Pictures]:
    """The pictures that files are tried on: those set apart for it, else all."""
    return [data.test] if data.test is not None else [data.train, data.held_out]


def classes_for(labels: tuple[str, ...], data: Dataset) -> np.ndarray:
    """(N,) the class that a network with these labels should name in each test picture.

    Raises:
        BadOption: a class of the pictures is not among the labels.
    """
    if not labels:
        raise BadOption(
            "the network is no classifier: it cannot be right or wrong about the pictures of "
            f"'{data.name}'"
        )
    known = {label: i for i, label in enumerate(labels)}
    unknown = [label for label in data.labels if label not in known]
    if unknown:
        raise BadOption(
            f"the pictures of '{data.name}' are of {len(data.labels)} classes, and the network has "
            f"no '{unknown[0]}' among its {len(labels)}: name the folders as the network's labels, "
            "or give the labels with --labels"
        )
    index = np.array([known[label] for label in data.labels])
    return np.concatenate([index[part.classes] for part in tried_on(data)])
