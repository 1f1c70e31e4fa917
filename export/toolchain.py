"""The packages that a file is made with: all that its manifest lists, and those that decide it."""

from __future__ import annotations

import importlib.metadata
import platform
from collections.abc import Iterator

from packaging.requirements import Requirement

_DISTRIBUTION = "irrvit-mobile"
# Of the packages that every export has at hand, those whose numbers end in a file or in what its
# manifest says of it. The others draw tables, hold locks, read options and check records.
_DECIDING = frozenset({"torch", "numpy", "pillow"})


def toolchain(target: str) -> dict[str, str]:
    """Versions of all packages that the project declares, always or for the extra of a target.

    Extras bear the name of their target, so that nothing has to be imported to know this.
    """
    versions = {name: _version(name) for name, _ in _requirements(target)}
    return {"python": platform.python_version(), **versions}


def deciding(target: str) -> dict[str, str]:
    """Versions of those that can change a byte of the file or a figure of its manifest.

    Of Python itself the minor version: the next patch of it writes the same.
    """
    versions = {
        name: _version(name)
        for name, is_extra in _requirements(target)
        if is_extra or name in _DECIDING
    }
    return {"python": ".".join(platform.python_version_tuple()[:2]), **versions}


def _requirements(extra: str) -> Iterator[tuple[str, bool]]:
    """The packages by name, and whether only the extra brings them."""
    for line in importlib.metadata.requires(_DISTRIBUTION) or ():
        requirement = Requirement(line)
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            yield requirement.name, requirement.marker is not None


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"
