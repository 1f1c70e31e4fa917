"""Which networks a sweep is of: names, patterns of names, and files that list either."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from pathlib import Path

from irrvit.export.errors import BadOption, MissingExtra
from irrvit.model import sources

_TIMM, _PROGRAM, _WILD = "timm:", ".pt2", "*?["


def networks(asked: Sequence[str]) -> list[str]:
    """Each network once, in the order in which they were asked for.

    Args:
        asked: as `irrvit_*`, `timm:mobilenet*`, any name that --model takes, or a text file with
            one of these in a line; what follows a # is a remark.

    Raises:
        BadOption: a pattern matches nothing, or a file cannot be read or is empty.
        MissingExtra: a pattern is about timm, which is not installed.
    """
    return list(dict.fromkeys(name for text in asked for name in _named(text)))


def _named(text: str) -> Iterator[str]:
    path = Path(text)
    if path.suffix != _PROGRAM and path.is_file():
        for line in _lines(path):
            yield from _matching(line)
    else:
        yield from _matching(text)


def _lines(path: Path) -> list[str]:
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadOption(f"--models '{path}' cannot be read as text: {error}") from error
    lines = [line.partition("#")[0].strip() for line in content.splitlines()]
    if not any(lines):
        raise BadOption(f"--models '{path}' names no network: write one in a line")
    return [line for line in lines if line]


def _matching(pattern: str) -> list[str]:
    if not any(wild in pattern for wild in _WILD):
        return [pattern]
    known = _timm_names() if pattern.startswith(_TIMM) else sources.names()
    found = [name for name in known if fnmatchcase(name, pattern)]
    if pattern.endswith(_PROGRAM):
        found = [str(path) for path in sorted(Path().glob(pattern))]
    if not found:
        near = get_close_matches(pattern.strip(_WILD), known, n=1, cutoff=0.4)
        hint = f"; did you mean '{near[0]}'?" if near else ""
        raise BadOption(f"--models '{pattern}' is the name of no network{hint}")
    return found


def _timm_names() -> list[str]:
    try:
        import timm
    except ModuleNotFoundError as error:
        raise MissingExtra("timm", "timm") from error
    return [f"{_TIMM}{name}" for name in timm.list_models()]
