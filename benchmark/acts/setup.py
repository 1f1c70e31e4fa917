"""What a kind of device needs before it can be used: its module's `setup`, if it has one."""

from __future__ import annotations

import importlib
from collections.abc import Callable

from irrvit.benchmark import device
from irrvit.benchmark.errors import BadOptions


def run(kind: str, progress: Callable[[str, float], None]) -> str:
    """Install or build it, unless it is there; return what the kind has to say.

    Args:
        progress: takes what is being done, and the share of the whole that is done.

    Raises:
        BadOptions: there is no such kind, or it needs nothing.
        SetupFailed: saying what is missing and what to do.
    """
    able = []
    for name in device.kinds():
        module = importlib.import_module(f"irrvit.benchmark.devices.{name}")
        if hasattr(module, "setup"):
            able.append(name)
            if name == kind:
                return module.setup(progress)
    raise BadOptions(f"--setup got '{kind}': expected one of {', '.join(able)}")
