"""Where labelled pictures come from: `--data`, `--evaluate`, `--calibration` -> a data set.

The file name is the registry: `model/data/<name>.py` is the data set `<name>` (`_` becomes `-`).
Anything else is the path of a folder with one folder of pictures for each class. Names are listed
without importing anything.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from irrvit.model.errors import BadData
from irrvit.model.progress import NotifyStage, quiet

if TYPE_CHECKING:
    from irrvit.model.data.dataset import Dataset, DatasetModule

_FOLDER = Path(__file__).parent
_NO_DATA_SETS = (
    "__init__",
    "checked",
    "dataset",
    "find",
    "packed",
    "picture_files",
    "picture_folder",
    "ready",
    "wnids",
)
"""The files of this folder that are not a data set of their own."""


def dataset_names() -> list[str]:
    """The data sets that have a name."""
    stems = (path.stem for path in _FOLDER.glob("*.py"))
    return sorted(stem.replace("_", "-") for stem in stems if stem not in _NO_DATA_SETS)


def dataset_choices() -> str:
    """What may be named as data, for help texts."""
    return " or ".join([", ".join(dataset_names()), "DIR"])


def dataset_module(name: str) -> DatasetModule:
    """Import the file of a data set that has a name."""
    module: Any = importlib.import_module(f"irrvit.model.data.{name.replace('-', '_')}")
    return module


def dataset_with(labels: tuple[str, ...], root: Path | None = None) -> str | None:
    """Name the data set whose classes these are, if its files are there (in `root`)."""
    for name in dataset_names():
        module = dataset_module(name)
        if labels == module.LABELS and module.missing(root) is None:
            return name
    return None


def load_dataset(
    name: str,
    *,
    root: Path | None = None,
    download: bool = False,
    notify: NotifyStage = quiet,
) -> Dataset:
    """Find a data set by its name, or a folder of pictures by its path.

    Args:
        root: where the files of a named data set are, if not where they usually are.
        download: fetch a named data set into `root` when it is not there.
        notify: called while pictures of a folder are read that were not known before.

    Raises:
        BadData: saying what is missing or damaged, and what to do.
    """
    if name in dataset_names():
        return _load_named(name, root, download=download)
    require_dataset(name, root, download=download)
    from irrvit.model.data import picture_folder

    return picture_folder.load(Path(name), notify)


def require_dataset(name: str, root: Path | None = None, *, download: bool = False) -> None:
    """Refuse at once what `load_dataset` could not find, before hours of other work.

    Raises:
        BadData: as `load_dataset`.
    """
    if name in dataset_names():
        missing = dataset_module(name).missing(root)
        if missing is not None and not download:
            raise BadData(missing)
        return
    if root is not None or download:
        raise BadData(f"--data-root and --download belong to named data sets, not to '{name}'")
    if not Path(name).exists():
        raise BadData(
            f"unknown data '{name}': expected {', '.join(dataset_names())}, or a folder with one "
            "folder of pictures for each class"
        )


def _load_named(name: str, root: Path | None, *, download: bool) -> Dataset:
    module = dataset_module(name)
    if download and module.missing(root) is not None:
        if root is None:
            raise BadData(f"--download needs --data-root: the folder to put {name} into")
        module.download(root)
    return module.load(root)
