"""Where labelled pictures come from.

fashion-mnist    Debian's package, or torchvision's download   (fashion_mnist.py)
DIR              a folder with one folder of pictures a class   (picture_folder.py)
"""

from __future__ import annotations

from pathlib import Path

from irrvit.model.data import fashion_mnist, picture_folder
from irrvit.model.data.dataset import BadData, Dataset


def load(name: str, *, root: Path | None = None, download: bool = False) -> Dataset:
    """Find a data set by its name, or a folder of pictures by its path.

    Args:
        root: where the files of a named data set are, if not where Debian puts them.
        download: let torchvision fetch a named data set into `root` when it is not there.

    Raises:
        BadData: saying what is missing or damaged, and what to do.
    """
    if name == fashion_mnist.NAME:
        return fashion_mnist.load(root, download=download)
    if root is not None or download:
        raise BadData(f"--data-root and --download belong to named data sets, not to '{name}'")
    if not Path(name).exists():
        raise BadData(
            f"unknown data '{name}': expected {fashion_mnist.NAME}, or a folder with one folder of "
            "pictures for each class"
        )
    return picture_folder.load(Path(name))
