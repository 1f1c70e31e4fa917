"""A lab of this machine alone, as the command starts it, on ports that nobody else has."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

_PATIENCE_S = 180
_START = """
import sys
from irrvit.benchmark.lab import node
node.PORT, node.CLIENT_PORT = int(sys.argv[1]), int(sys.argv[2])
sys.argv = ["irrvit-bench", "lab", "head"]
from irrvit.benchmark.cli import main
main()
"""


class LabHead:
    """What `irrvit-bench lab head` starts; `address` is where it is."""

    def __init__(self, bench, folder):
        self._bench, self._folder, self._running = bench, folder, None
        self._ports = _free_ports(2)
        self.address = f"127.0.0.1:{self._ports[1]}"

    def start(self):
        """Start it, or start it again; return the devices that it has."""
        command = [sys.executable, "-c", _START, *self._ports]
        environment = os.environ | {"IRRVIT_LAB": str(self._folder / "host")}
        with (self._folder / "head.log").open("ab") as log:
            how = {"stdout": log, "stderr": log, "start_new_session": True, "cwd": self._folder}
            self._running = subprocess.Popen(command, env=environment, **how)
        end = time.monotonic() + _PATIENCE_S
        while (done := self._bench("lab", "devices", self.address, "--json")).returncode:
            assert time.monotonic() < end, done.stderr
        return json.loads(done.stdout)["devices"]

    def end(self):
        """As when a machine loses power: nothing of its session says goodbye."""
        if self._running is None:
            return
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if os.getsid(int(folder.name)) == self._running.pid:
                    os.kill(int(folder.name), signal.SIGKILL)
        self._running.wait()


def _free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [str(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports
