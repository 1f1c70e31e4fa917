"""What a kind of device needs before it can be used: its module's `setup`, if it has one."""

from __future__ import annotations

from irrvit.benchmark import kinds
from irrvit.benchmark.device import Installable, SetupProgress
from irrvit.benchmark.errors import BadOptions


def run(kind: str, progress: SetupProgress) -> str:
    """Install or build it, unless it is there; return what the kind has to say.

    Args:
        progress: takes what is being done, and the share of the whole that is done.

    Raises:
        BadOptions: there is no such kind, or it needs nothing.
        SetupFailed: saying what is missing and what to do.
    """
    modules = {name: kinds.load(name) for name in kinds.names()}
    able = {name: m for name, m in modules.items() if isinstance(m, Installable)}
    if kind in able:
        return able[kind].setup(progress)
    raise BadOptions(f"--setup got '{kind}': expected one of {', '.join(able)}")
