"""Fashion-MNIST (arXiv 1708.07747): 70,000 grey pictures of clothes, 28 x 28, in ten classes."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

from irrvit.model.data.dataset import Dataset, Pictures, split_by_class, subset
from irrvit.model.errors import BadData, MissingPackage

PACKAGE = "dataset-fashion-mnist"
ROOT = Path("/usr/share/datasets/fashion-mnist")
"""Where Debian's package puts the files."""

LABELS = (
    "T-shirt/top",
    "Trouser",
    "Pullover",
    "Dress",
    "Coat",
    "Sandal",
    "Shirt",
    "Sneaker",
    "Bag",
    "Ankle boot",
)
_TORCHVISION = Path("FashionMNIST/raw")
_HELD_OUT = 1 / 12  # 5,000 of the 60,000.
_MEAN, _STD = 0.286, 0.353  # Of the 60,000.


def missing(root: Path | None = None) -> str | None:
    """Say what to install or to name when the files are not there."""
    if _folder(root) is not None:
        return None
    return (
        f"Fashion-MNIST is not in '{root or ROOT}': install Debian's package with 'apt-get install "
        f"{PACKAGE}', name its folder with --data-root, or add --download to let torchvision "
        "fetch it into the folder of --data-root"
    )


def download(root: Path) -> None:
    """Let torchvision fetch the files into a folder of its own below `root`.

    Raises:
        BadData: they cannot be fetched.
    """
    try:
        from torchvision.datasets import FashionMNIST
    except ModuleNotFoundError as error:
        raise MissingPackage("torchvision", "train") from error
    try:
        FashionMNIST(str(root), download=True)
    except (OSError, RuntimeError) as error:
        raise BadData(
            f"torchvision could not fetch Fashion-MNIST into '{root}': {error}"
        ) from error


def load(root: Path | None = None) -> Dataset:
    """Read the files; the official 10,000 test pictures stay the test part.

    Raises:
        BadData: the files are absent or damaged.
    """
    folder = _folder(root)
    if folder is None:
        raise BadData(missing(root))
    parts = {part: _read(folder, part) for part in ("train", "t10k")}
    digest = hashlib.sha256()
    for pixels, classes in parts.values():
        digest.update(pixels.tobytes())
        digest.update(classes.tobytes())
    learnt, test = (_pictures(*part) for part in parts.values())
    train, held_out = split_by_class(learnt.classes, _HELD_OUT)
    return Dataset(
        name="fashion-mnist",
        labels=LABELS,
        train=subset(learnt, train),
        held_out=subset(learnt, held_out),
        test=test,
        mean=(_MEAN, _MEAN, _MEAN),
        std=(_STD, _STD, _STD),
        crop=1.0,
        sha256=digest.hexdigest(),
    )


def _folder(root: Path | None) -> Path | None:
    """Where the files are, if they are anywhere."""
    folder = root or ROOT
    places = (folder, folder / _TORCHVISION)
    return next((f for f in places if _file(f, "train", "images").exists()), None)


def _file(folder: Path, part: str, kind: str) -> Path:
    dimensions = 3 if kind == "images" else 1
    return folder / f"{part}-{kind}-idx{dimensions}-ubyte.gz"


def _read(folder: Path, part: str) -> tuple[np.ndarray, np.ndarray]:
    """Pixels (N, 28, 28) and classes (N) of `train` or `t10k`, both uint8."""
    pixels = _read_idx(_file(folder, part, "images"))
    classes = _read_idx(_file(folder, part, "labels"))
    fits = pixels.ndim == 3 and classes.shape == pixels.shape[:1] and len(classes)
    if not fits or classes.max() >= len(LABELS):
        raise BadData(
            f"'{folder}': the pictures {pixels.shape} and classes {classes.shape} of '{part}' do "
            "not belong together: install or download Fashion-MNIST again"
        )
    return pixels, classes


def _read_idx(path: Path) -> np.ndarray:
    """Read one IDX file of bytes: 0, 0, 8, dimensions, their lengths (big-endian), the bytes."""
    try:
        content = gzip.decompress(path.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise BadData(f"'{path}' cannot be read ({error}): install or download it again") from error
    if content[:3] != b"\0\0\x08" or len(content) < 4 + 4 * content[3]:
        raise BadData(f"'{path}' is no IDX file of bytes: install or download it again")
    end = 4 + 4 * content[3]
    shape = tuple(int(n) for n in np.frombuffer(content[4:end], ">u4"))
    if len(content) - end != np.prod(shape):
        raise BadData(
            f"'{path}' holds {len(content) - end} bytes for a shape of {shape}: install or "
            "download it again"
        )
    return np.frombuffer(content, np.uint8, offset=end).reshape(shape)


def _pictures(pixels: np.ndarray, classes: np.ndarray) -> Pictures:
    return Pictures(lambda i: Image.fromarray(pixels[i]), classes.astype(np.int64))
