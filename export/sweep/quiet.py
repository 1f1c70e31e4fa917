"""What threads of Ray's client print by themselves when a cluster goes away, kept from the person.

It fails where it is waited for too, and is said there in a sentence.
"""

from __future__ import annotations

import os
import threading
from functools import cache

_PACKAGES = tuple(f"{os.sep}{name}{os.sep}" for name in ("ray", "grpc"))


@cache  # Once in a process, however often it connects.
def hush() -> None:
    """From now on, a failure in a thread whose code is Ray's or gRPC's is not printed."""
    before = threading.excepthook

    def hook(failed: threading.ExceptHookArgs) -> None:
        if not _is_theirs(failed):
            before(failed)

    threading.excepthook = hook


def _is_theirs(failed: threading.ExceptHookArgs) -> bool:
    at, innermost = failed.exc_traceback, ""
    while at is not None:
        innermost, at = at.tb_frame.f_code.co_filename, at.tb_next
    return any(package in innermost for package in _PACKAGES)
