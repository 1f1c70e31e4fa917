"""iPhones for whoever talks to usbmuxd: `python tests/iphone --app-port 5000`.

It prints where it listens; USBMUXD_SOCKET_ADDRESS=UNIX:PATH has the real clients talk to it. One
line of JSON on stdin changes the condition of an iPhone (`{"plugged": false}`, see
`phone.Condition`; `"phone": 1` names the second), and is answered by a line.
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

from muxd import Muxd
from phone import IPhone

SERIALS = ("00008130-000A1B2C3D4E5F60", "00008110-001111111111111A")


def main() -> None:
    parser = argparse.ArgumentParser(prog="iphone")
    parser.add_argument("--phones", type=int, default=1, choices=(0, 1, 2))
    parser.add_argument("--app-port", type=int, help="where the app's worker listens")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(tempfile.mkdtemp(prefix="iphone-"))
    phones = [IPhone(serial, 7 + 10 * i) for i, serial in enumerate(SERIALS[: options.phones])]
    for phone in phones:
        phone.condition.app_port = options.app_port
    try:
        _run(folder / "usbmuxd", phones)
    except KeyboardInterrupt:
        pass
    finally:
        shutil.rmtree(folder)


def _run(path: Path, phones: list[IPhone]) -> None:
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen()
        muxd = Muxd(listener, phones)
        threading.Thread(target=muxd.run, daemon=True).start()
        print(json.dumps({"socket": str(path)}), flush=True)
        for line in sys.stdin:
            _change(muxd, phones, json.loads(line))
            print("{}", flush=True)


def _change(muxd: Muxd, phones: list[IPhone], wanted: dict[str, object]) -> None:
    phone = phones[int(str(wanted.pop("phone", 0)))]
    was_plugged = phone.condition.plugged
    for name, value in wanted.items():
        if not hasattr(phone.condition, name):
            raise SystemExit(f"an iPhone has no '{name}'")
        setattr(phone.condition, name, value)
    if phone.condition.plugged != was_plugged:
        muxd.tell(phone)


if __name__ == "__main__":
    main()
