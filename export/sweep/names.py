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
    if not text or path.is_dir():
        what = "is a folder" if text else "is empty"
        raise BadOption(f"--models '{text}' {what}: expected a text file, a name or a pattern")
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
        _require_known(pattern)
        return [pattern]
    known = _timm_names() if pattern.startswith(_TIMM) else sources.names()
    found = [name for name in known if fnmatchcase(name, pattern)]
    if pattern.endswith(_PROGRAM):
        found = [str(path) for path in sorted(Path().glob(pattern))]
    if not found:
        raise BadOption(f"--models '{pattern}' matches no network{_hint(pattern, known)}")
    return found


def _require_known(name: str) -> None:
    """What timm and saved programs are called is looked at when they are loaded."""
    known = sources.names()
    if name.startswith(_TIMM) or name.endswith(_PROGRAM) or name.partition("+")[0] in known:
        return
    raise BadOption(
        f"--models '{name}' is neither a file that is there nor a network{_hint(name, known)}"
    )


def _hint(text: str, known: Sequence[str]) -> str:
    near = get_close_matches(text.strip(_WILD), known, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""


def _timm_names() -> list[str]:
    try:
        import timm
    except ModuleNotFoundError as error:
        raise MissingExtra("timm", "timm") from error
    return [f"{_TIMM}{name}" for name in timm.list_models()]
