"""What answers on the port of an iPhone's app where the app itself is not built."""

from __future__ import annotations

import json
import socket
import threading

import pytest

HELLO = {
    "kind": "iphone",
    "name": "iPhone 15",
    "soc": "A16",
    "os": "iOS 18.5",
    "ram_bytes": 6_000_000_000,
    "abi": "arm64",
    "cores": 6,
    "emulated": False,
    "id_hash": "0123456789abcdef",
    "protocol": 1,
    "runtimes": ["coreml"],
    "accelerators": ["cpu", "gpu", "npu", "all"],
}


@pytest.fixture
def listen():
    """`listen({"hello": {...}})` answers commands so and returns its port; None says nothing."""
    listeners = []

    def serve(connection, answers):
        with connection, connection.makefile("rb") as lines:
            for line in lines:
                answer = answers.get(json.loads(line)["do"], {"error": "not here"})
                if answer is None:
                    threading.Event().wait(30)
                said = answer if isinstance(answer, bytes) else json.dumps(answer).encode() + b"\n"
                connection.sendall(said)

    def accept(listener, answers):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection, answers), daemon=True).start()

    def listen(answers):
        listeners.append(socket.create_server(("127.0.0.1", 0)))
        threading.Thread(target=accept, args=(listeners[-1], answers), daemon=True).start()
        return listeners[-1].getsockname()[1]

    yield listen
    for listener in listeners:
        listener.close()


@pytest.fixture
def hello():
    """What the app says that the iPhone is."""
    return dict(HELLO)
