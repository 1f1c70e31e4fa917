"""The labelled pictures that files are tried on, and which class a network should name in each."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from irrvit.export.errors import BadOption
from irrvit.export.proof.class_names import meaning
from irrvit.model.data.dataset import Dataset, Pictures
from irrvit.model.data.find import load_dataset
from irrvit.model.progress import NotifyStage, quiet


@dataclass(frozen=True)
class LabelledPictures:
    """Where labelled pictures come from, as `irrvit.model.data.find.load_dataset` takes it."""

    name: str
    root: Path | None = None

    def load(self, notify: NotifyStage = quiet) -> Dataset:
        return load_dataset(self.name, root=self.root, notify=notify)


def tried_on(data: Dataset) -> list[Pictures]:
    """The pictures that files are tried on: those set apart for it, else all."""
    return [data.test] if data.test is not None else [data.train, data.held_out]


@dataclass(frozen=True)
class Expected:
    """What a network should say about some labelled pictures.

    Attributes:
        classes: (N,) the class that it should name; the first of those that share the label.
        first_alike: (C,) for each of its classes, the first that the pictures' labels do not tell
            from it: itself, but for labels that it has twice.
        rule: how the classes of the pictures were found among its own, in words.
    """

    classes: np.ndarray
    first_alike: np.ndarray
    rule: str

    def are_right(self, decisions: np.ndarray) -> np.ndarray:
        """(N,) whether the class that was named is the one that is shown."""
        return self.first_alike[decisions] == self.classes

    def of(self, indices: np.ndarray) -> Expected:
        """The same of some of the pictures."""
        return replace(self, classes=self.classes[indices])


def expected_of(labels: tuple[str, ...], data: Dataset) -> Expected:
    """Say what a network with these labels should name in each test picture.

    Raises:
        BadOption: a class of the pictures is not among the network's.
    """
    if not labels:
        raise BadOption(
            "the network is no classifier: it cannot be right or wrong about the pictures of "
            f"'{data.name}'"
        )
    meant = meaning(data, labels)
    first_alike = np.arange(len(labels))
    for classes in meant.classes:
        first_alike[list(classes)] = classes[0]
    index = np.array([classes[0] for classes in meant.classes])
    shown = np.concatenate([index[part.classes] for part in tried_on(data)])
    return Expected(shown, first_alike, meant.rule)
