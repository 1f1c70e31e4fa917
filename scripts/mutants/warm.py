"""Run pytest again and again, each time in a fork of a process that has torch imported already.

Importing takes longer than most tests do. A line of standard input, `[limit in s, argument, ...]`
as JSON, is answered by one of standard output: pytest's exit code, or null past the limit. That is
one of processor time, so that others who keep the machine busy kill no mutant.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import re
import resource
import signal
import sys
import time
from pathlib import Path

_HEAVY = (
    "pytest", "numpy", "torch", "pydantic", "PIL.Image", "safetensors.torch", "typer", "rich.table",
    "jinja2", "hypothesis", "onnx", "coremltools",
    "coremltools.converters.mil.frontend.milproto.load", "timm", "matplotlib.pyplot",
)  # fmt: skip


# How many times the limit may pass on the clock, for a test that waits for ever.
_PATIENCE = 20


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(1, 2)
    for name in _HEAVY:
        if _is_used(name.partition(".")[0]):
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
    for line in sys.stdin:
        limit_s, *arguments = json.loads(line)
        answers.write(json.dumps(_judge(arguments, limit_s)) + "\n")
        answers.flush()


def _is_used(package: str) -> bool:
    """Whether the tree has it in some import."""
    pattern = re.compile(rf"^ *(import|from) {package}\b", re.MULTILINE)
    return any(pattern.search(path.read_text()) for path in Path.cwd().glob("[!.]*/**/*.py"))


def _judge(arguments: list[str], limit_s: int) -> int | None:
    child = os.fork()
    if child == 0:
        os.setsid()
        resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 10))
        import pytest

        code = 3  # pytest's own for an internal error.
        try:
            code = int(pytest.main(arguments))
        finally:
            os._exit(code)
    end, pid, status = time.monotonic() + _PATIENCE * limit_s, 0, 0
    while not pid and time.monotonic() < end:
        pid, status = os.waitpid(child, os.WNOHANG)
        time.sleep(0.02)
    # With all that its tests started.
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    if not pid:
        os.waitpid(child, 0)
        return None
    code = os.waitstatus_to_exitcode(status)
    return None if code == -signal.SIGXCPU else code


if __name__ == "__main__":
    main()
