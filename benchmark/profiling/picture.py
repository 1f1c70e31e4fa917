"""Where the time of a call goes as a picture: bars in SVG, which every browser opens."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from irrvit.benchmark.errors import BadOptions, BadStore
from irrvit.benchmark.profiling.attribution import OTHER
from irrvit.benchmark.profiling.records import Profile
from irrvit.benchmark.profiling.table import against_p50, title

_WIDTH, _NAMES, _FIGURES, _ROW, _TITLE = 860, 190, 130, 22, 64
_BARS = _WIDTH - _NAMES - _FIGURES
_COLORS = ("#3b6fb6", "#d9822b", "#3f9a5f", "#9a4fb0", "#b8434e", "#2c8f9e")
_GREY = "#9a9a9a"


def check_name(path: Path) -> None:
    """Raises BadOptions for a picture that would not be one, before anything is measured."""
    if path.suffix != ".svg":
        raise BadOptions(f"--picture {path}: expected a name that ends in .svg")


def write(path: Path, profiles: Sequence[Profile]) -> None:
    """Write one picture of all profiles, whole or not at all.

    Raises:
        BadStore: the file cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(to_svg(profiles))
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise BadStore(f"cannot write {path}: {error.strerror}; choose another place") from error


def to_svg(profiles: Sequence[Profile]) -> str:
    """The profiles one below the other, on one scale, so that they can be compared."""
    longest = max((row.ms for profile in profiles for row in profile.rows), default=1.0)
    heights = [_TITLE + _ROW * len(profile.rows) for profile in profiles]
    parts = [
        part
        for i, profile in enumerate(profiles)
        for part in _profile(profile, sum(heights[:i]), longest)
    ]
    height = sum(heights) + _ROW
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
            f'width="{_WIDTH}" height="{height}" font-family="sans-serif" font-size="13">',
            '<rect width="100%" height="100%" fill="white"/>',
            *parts,
            "</svg>\n",
        )
    )


def _profile(profile: Profile, top: int, longest: float) -> Iterator[str]:
    yield _text(16, top + 28, title(profile), 'font-weight="bold"')
    yield _text(16, top + 48, against_p50(profile), 'fill="#555"')
    heads = dict.fromkeys(row.module.partition(".")[0] for row in profile.rows)
    colors = {head: _COLORS[i % len(_COLORS)] for i, head in enumerate(heads)} | {OTHER: _GREY}
    for i, row in enumerate(profile.rows):
        y = top + _TITLE + _ROW * i
        width = max(0.5, _BARS * row.ms / longest)
        color = colors[row.module.partition(".")[0]]
        figures = f"{row.ms:.3f} ms  {row.ms / profile.total_ms:.1%}"
        yield _text(_NAMES - 8, y + 13, row.module, 'text-anchor="end"')
        yield f'<rect x="{_NAMES}" y="{y}" width="{width:.1f}" height="16" fill="{color}"/>'
        yield _text(_NAMES + width + 6, y + 13, figures, 'fill="#555"')


def _text(x: float, y: float, content: str, style: str) -> str:
    return f'<text x="{x:.1f}" y="{y}" {style}>{escape(content)}</text>'
