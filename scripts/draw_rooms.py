"""Draws the rooms of the packages and which of them import which: docs/rooms.md.

    python scripts/draw_rooms.py            print the page
    python scripts/draw_rooms.py --write    write it

docs/rooms.toml declares the arrows; a test holds it against the imports and the page against it. A
room is a folder or a module directly in a package.
"""

from __future__ import annotations

import argparse
import ast
import sys
import textwrap
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "rooms.toml"
PAGE = ROOT / "docs" / "rooms.md"
PACKAGES = ("benchmark", "export", "model")

Arrows = Mapping[str, set[str]]

_INTRODUCTION = """\
# The rooms

Drawn by `python scripts/draw_rooms.py --write` from `docs/rooms.toml`, which says which room may
import which; `tests/test_rooms.py` holds both against the sources. A room is a folder or a module
directly in a package. Imports point one way, from above to below: `benchmark` imports `export` and
`model`, `export` imports `model`, and within a package no two rooms import each other.

An arrow that follows from others is not drawn: where a room imports another, it may as well import
what that one does. The lists have all of them.
"""


def declared() -> dict[str, dict[str, set[str]]]:
    """The arrows of each package as the table has them: room -> rooms that it imports."""
    packages = tomllib.loads(TABLE.read_text())
    return {name: {a: set(b) for a, b in packages[name].items()} for name in PACKAGES}


def rooms(package: str) -> dict[str, Path]:
    """Each room by its name, with the file that says what it is."""
    root = ROOT / package
    folders = {path.parent.name: path for path in root.glob("*/__init__.py")}
    modules = {path.stem: path for path in root.glob("*.py") if path.stem != "__init__"}
    return dict(sorted((folders | modules).items()))


def imported(package: str) -> dict[str, set[str]]:
    """The arrows of a package as its sources have them, wherever in a file they are."""
    names = rooms(package)
    arrows: dict[str, set[str]] = {name: set() for name in names}
    for path in (ROOT / package).rglob("*.py"):
        room = path.relative_to(ROOT / package).with_suffix("").parts[0]
        if room in names:
            there = {name for name in _rooms_of(path, package) if name in names}
            arrows[room] |= there - {room}
    return arrows


def _rooms_of(path: Path, package: str) -> Iterator[str]:
    prefix = f"irrvit.{package}."
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (m.removeprefix(prefix).split(".")[0] for m in modules if m.startswith(prefix))


def reachable(arrows: Arrows, start: str) -> set[str]:
    """All rooms that a room comes to by one arrow or more; itself only in a circle."""
    todo, seen = [*arrows.get(start, ())], set()
    while todo:
        room = todo.pop()
        if room not in seen:
            seen.add(room)
            todo += arrows.get(room, ())
    return seen


def circles(arrows: Arrows) -> list[str]:
    """The rooms that import themselves by way of others."""
    return sorted(room for room in arrows if room in reachable(arrows, room))


def drawn(arrows: Arrows) -> Iterator[tuple[str, str]]:
    """The arrows that do not follow from others."""
    for room in sorted(arrows):
        behind = {far for near in arrows[room] for far in reachable(arrows, near)}
        yield from ((room, near) for near in sorted(arrows[room] - behind))


def page() -> str:
    """The whole page."""
    parts = [_INTRODUCTION, *(_section(name, arrows) for name, arrows in declared().items())]
    return "\n".join(parts)


def _section(package: str, arrows: Arrows) -> str:
    files = rooms(package)
    boxes = [f"  {name}{_box(name, path)}" for name, path in files.items()]
    lines = [f"  {a} --> {b}" for a, b in drawn(arrows)]
    diagram = "\n".join(["```mermaid", "flowchart TD", *boxes, *lines, "```"])
    items = "\n".join(_item(name, path, arrows[name]) for name, path in files.items())
    return f"## {package}\n\n{diagram}\n\n{items}\n"


def _box(name: str, path: Path) -> str:
    """Folders have corners, modules have none."""
    return f'["{name}/"]' if _is_folder(path) else f'("{name}")'


def _item(name: str, path: Path, imports: set[str]) -> str:
    """A room, the first paragraph that it says of itself, and its arrows."""
    text = ast.get_docstring(ast.parse(path.read_text())) or ""
    about = " ".join(text.split("\n\n")[0].split())
    told = ", ".join(sorted(imports)) or "nothing"
    item = f"- `{name}{'/' if _is_folder(path) else ''}`: {about} Imports {told}."
    return textwrap.fill(
        item, 100, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False
    )


def _is_folder(path: Path) -> bool:
    return path.name == "__init__.py"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.relative_to(ROOT)}")
    if parser.parse_args().write:
        PAGE.write_text(page())
    else:
        sys.stdout.write(page())


if __name__ == "__main__":
    main()
