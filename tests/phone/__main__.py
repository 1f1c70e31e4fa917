"""A phone for the real adb: `python tests/phone --port 5599`, then `adb connect 127.0.0.1:5599`.

One line of JSON on stdin changes its condition (`{"locked": true}`, see `phone.Condition`),
`{"skin_c": 45}` its temperature, `{"kill_app": true}` its app; each is answered by a line.
"""

from __future__ import annotations

import argparse
import json
import shutil
import signal
import socket
import sys
import tempfile
import threading
from pathlib import Path
from typing import Any

import services
from phone import Phone
from transport import Transport

_HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(prog="phone")
    parser.add_argument("--personality", type=Path, default=_HERE / "pixel_8.json")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument(
        "--app", help="what plays the app; {socket} is where it listens", default=None
    )
    parser.add_argument(
        "--screen", help="what plays its main screen: says what goes to logcat", default="true"
    )
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="phone-"))
    app = options.app or f"{sys.executable} {_HERE / 'worker_app.py'} {{socket}}"
    app = app.format(socket=folder / "sockets" / "irrvit-bench")
    phone = Phone(
        folder, json.loads(options.personality.read_text()), app=app, screen=options.screen
    )
    try:
        _run(phone, options.port)
    except KeyboardInterrupt:
        pass
    finally:
        phone.kill_app()
        shutil.rmtree(folder)


def _run(phone: Phone, port: int) -> None:
    listener = socket.create_server(("127.0.0.1", port))
    threading.Thread(target=_listen, args=(listener, phone), daemon=True).start()
    threading.Thread(target=phone.watch, daemon=True).start()
    print(json.dumps({"port": listener.getsockname()[1], "folder": str(phone.folder)}), flush=True)
    for line in sys.stdin:
        _change(phone, json.loads(line))
        print("{}", flush=True)
    if sys.stdin.isatty():
        return
    if port:  # By hand, in the background: until it is interrupted.
        threading.Event().wait()


def _change(phone: Phone, wanted: dict[str, Any]) -> None:
    if wanted.pop("kill_app", False):
        phone.kill_app()
    if "skin_c" in wanted:
        phone.heat.skin_c = wanted.pop("skin_c")
    for name, value in wanted.items():
        if not hasattr(phone.condition, name):
            raise SystemExit(f"a phone has no '{name}'")
        setattr(phone.condition, name, value)
    phone.refresh()


def _listen(listener: socket.socket, phone: Phone) -> None:
    while True:
        connection, _ = listener.accept()
        if not phone.condition.plugged:
            connection.close()
            continue
        transport = Transport(
            connection, phone, lambda service, stream: services.serve(phone, service, stream)
        )
        threading.Thread(target=transport.run, daemon=True).start()


if __name__ == "__main__":
    main()
