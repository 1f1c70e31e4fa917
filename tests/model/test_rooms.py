"""Imports inside `model/` point down: nothing that an export reads knows of training or data."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from irrvit.model import errors

MODEL = Path(errors.__file__).parent
MAY_IMPORT = {
    "errors": set(),
    "progress": set(),
    "macs": set(),
    "once": set(),
    "spec": {"errors"},
    "outputs": {"spec"},
    "files": {"errors"},
    "data": {"errors", "files", "progress", "spec"},
    "evaluate": {"data", "spec"},
    "folding": {"errors", "spec"},
    "network": {"errors", "folding"},
    "sources": {"errors", "files", "network", "outputs", "spec"},
    "training": {
        "data",
        "errors",
        "evaluate",
        "files",
        "folding",
        "macs",
        "network",
        "once",
        "sources",
        "spec",
    },
}


def room_of(path: Path) -> str:
    return path.relative_to(MODEL).parts[0].removesuffix(".py")


def rooms_imported_by(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            modules |= {f"{node.module}.{alias.name}" for alias in node.names}
    ours = [module.split(".") for module in modules if module.startswith("irrvit.model.")]
    return {parts[2] for parts in ours}


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(MODEL.rglob("*.py")) if path != MODEL / "__init__.py"],
    ids=lambda path: str(path.relative_to(MODEL)),
)
def test_a_room_imports_only_what_lies_below_it(path):
    room = room_of(path)
    assert rooms_imported_by(path) - {room} <= MAY_IMPORT[room]


def test_no_two_rooms_import_each_other():
    below = {room: set(others) for room, others in MAY_IMPORT.items()}
    while below:
        bottom = {room for room, others in below.items() if not others}
        assert bottom, f"a circle among {sorted(below)}"
        below = {room: others - bottom for room, others in below.items() if room not in bottom}
