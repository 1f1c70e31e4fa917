"""What was measured on a host and may not have arrived: kept there until it has.

Whoever asks has a name, which lies beside its store: what is left under that name is collected by
its next call, whatever happened to the first.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from irrvit.benchmark.errors import BadStore
from irrvit.benchmark.kept import folder

_NAME = re.compile(r"[0-9a-f]{32}")


def name_of(store: Path) -> str:
    """Who asks: made up once for a store, and kept beside it.

    Raises:
        BadStore: nothing can be written there.
    """
    path = store.with_suffix(".lab")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            new = path.with_name(f"{path.name}.{uuid4().hex}")
            new.write_text(uuid4().hex)
            with suppress(FileExistsError):  # Another call was quicker.
                path.hardlink_to(new)
            new.unlink()
        name = path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        raise BadStore(
            f"cannot write or read {path}: {error.strerror or error}; make room or rights, or "
            "choose another file with --store"
        ) from error
    if not _NAME.fullmatch(name):
        raise BadStore(f"{path} is not what was written there: delete it")
    return name


def keep(name: str, line: str) -> str:
    """Keep what was measured on this host; return what it is called there.

    Raises:
        OSError: the disk is full.
    """
    of_name = _folder(name)
    with tempfile.NamedTemporaryFile("w", dir=of_name, delete=False, suffix=".new") as new:
        new.write(line)
        new.flush()
        os.fsync(new.fileno())
    kept = f"{uuid4().hex}.json"
    Path(new.name).replace(of_name / kept)
    return kept


def kept(name: str) -> dict[str, str]:
    """All that is kept for somebody on this host, by what it is called."""
    return {path.name: path.read_text() for path in sorted(_folder(name).glob("*.json"))}


def forget(name: str, called: Iterable[str]) -> None:
    """What has arrived need not be kept."""
    for one in called:
        (_folder(name) / Path(one).name).unlink(missing_ok=True)


def _folder(name: str) -> Path:
    assert _NAME.fullmatch(name)
    path = folder("kept") / name
    path.mkdir(exist_ok=True)
    return path
