"""The app's benchmark entry, played by the Python worker: a worker for each connection."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path


def main() -> None:
    path = Path(sys.argv[1])
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_serve, args=(connection,), daemon=True).start()


def _serve(connection: socket.socket) -> None:
    with connection:
        command = [sys.executable, "-P", "-m", "irrvit.benchmark.worker.process"]
        ends = connection.fileno()
        subprocess.run(command, stdin=ends, stdout=ends, check=False)


if __name__ == "__main__":
    main()
