"""The process of `tests/iphone` as tests hold it: what to be called, and how to change it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


class PlayedIPhones:
    """A usbmuxd's process, see `tests/iphone`; `set` changes a condition of one of its iPhones."""

    serials = ("00008130-000A1B2C3D4E5F60", "00008110-001111111111111A")

    def __init__(self, *arguments):
        command = [sys.executable, str(Path(__file__).parent), *map(str, arguments)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self.address = f"UNIX:{json.loads(self._out.readline())['socket']}"

    def set(self, **condition):
        self._in.write(json.dumps(condition) + "\n")
        self._in.flush()
        assert self._out.readline() == "{}\n"

    def end(self):
        self._in.close()
        self._process.wait(10)
