"""The real pictures on which the ranges of a quantized file are found: never noise."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from irrvit.export.content import content_hash
from irrvit.export.errors import BadOption
from irrvit.export.manifest import Calibration
from irrvit.export.proof import cases
from irrvit.model.data.dataset import calibration_pictures
from irrvit.model.data.find import dataset_module, dataset_names, dataset_with, load_dataset
from irrvit.model.data.picture_files import SUFFIXES
from irrvit.model.files import code_hash
from irrvit.model.sources.source import Source
from irrvit.model.spec import InputSpec, read_picture

SAMPLES = "the sample photographs"
_COUNT = 200


@dataclass(frozen=True)
class CalibrationPictures:
    """Where pictures come from, as --calibration and --data-root name it.

    Attributes:
        name: a data set, or a folder of pictures or of one folder for each class; None for what
            the network was trained on, or the sample photographs where that is not here.
    """

    name: str | None = None
    root: Path | None = None

    def draw(self, source: Source) -> tuple[np.ndarray, Calibration]:
        """Read them as the network eats them, uint8 (N, H, W, 3), and say which they are.

        Raises:
            BadData, BadOption: they cannot be read.
        """
        data, pixels = self._read(source)
        digest = hashlib.sha256(pixels.tobytes()).hexdigest()
        return pixels, Calibration(data=data, pictures=len(pixels), sha256=digest)

    def fingerprint(self) -> str:
        """Say in a string what would be drawn; equal strings, equal pictures.

        Raises:
            BadData, BadOption: it cannot be read.
        """
        code = code_hash("data")
        if self.name is not None and Path(self.name).is_dir():
            files = _drawn(Path(self.name))
            of_pictures = _hash(files) if files else load_dataset(self.name, root=self.root).sha256
            return f"{of_pictures} code {code}"
        there = [n for n in dataset_names() if dataset_module(n).missing(self.root) is None]
        return f"{self.name} {self.root} {there} code {code}"

    def _read(self, source: Source) -> tuple[str, np.ndarray]:
        spec = source.input
        if self.name is None:
            known = dataset_with(source.labels, self.root)
            if known is None:
                return SAMPLES, np.stack(list(cases.golden_pictures(spec).values()))
            return known, _of_data_set(known, self.root, spec)
        folder = Path(self.name)
        files = _drawn(folder)
        if files:
            return folder.name, _of_files(files, spec)
        return folder.name, _of_data_set(self.name, self.root, spec)


def _of_data_set(name: str, root: Path | None, spec: InputSpec) -> np.ndarray:
    """Of what may be trained on, as many of each class."""
    train = load_dataset(name, root=root).train
    return calibration_pictures(train, spec, count=min(_COUNT, len(train)))


def _drawn(folder: Path) -> list[Path]:
    """Of the pictures that lie in a folder itself, evenly spread over it."""
    files = sorted(f for f in folder.glob("*") if f.suffix.lower() in SUFFIXES)
    return files[:: max(1, len(files) // _COUNT)][:_COUNT]


def _of_files(files: list[Path], spec: InputSpec) -> np.ndarray:
    with _readable():
        return np.stack([read_picture(file, spec) for file in files])


def _hash(files: list[Path]) -> str:
    with _readable():
        known = "".join(f"{file.name}\0{content_hash(file)}\n" for file in files)
    return hashlib.sha256(known.encode()).hexdigest()


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise BadOption(f"--calibration: a picture cannot be read: {error}") from error
