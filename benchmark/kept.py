"""Where a host keeps what a lab sent it, what has not been collected yet, and who was let in."""

from __future__ import annotations

import os
from pathlib import Path

VARIABLE = "IRRVIT_LAB"


def folder(name: str) -> Path:
    """A folder of the lab on this host: ~/.cache/irrvit/lab, or what IRRVIT_LAB names."""
    root = os.environ.get(VARIABLE)
    path = (Path(root) if root else Path.home() / ".cache" / "irrvit" / "lab") / name
    path.mkdir(parents=True, exist_ok=True)
    return path
