"""How long work says what it is doing: one signature, from writing a format to asking a phone."""

from __future__ import annotations

from collections.abc import Callable

Notify = Callable[[str, str], None]
"""Called with the name of what is worked on, and with what is being done to it now."""

NotifyStage = Callable[[str], None]
"""The same for work on one thing, whose name whoever listens knows: what is being done now."""


def quiet(stage: str) -> None:
    """Nobody listens."""
