"""A machine as a part of a Ray cluster: its head, or a host of devices."""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from irrvit.benchmark.errors import BadOptions, RuntimeUnavailable
from irrvit.benchmark.kept import folder
from irrvit.benchmark.lab.hosts import NoLab
from irrvit.benchmark.lab.offer import Offered, resources
from irrvit.export.errors import MissingExtra
from irrvit.export.sweep import cluster
from irrvit.model.progress import Notify

CLIENT_PORT = 10001
PORT = 6379
_AGAIN_S = 10.0
_ANSWER_S = 5.0
_JOINED_S = 30.0
_ENDING_S = 30.0


def require_own(address: str) -> None:
    """Raises BadOptions if no head can be started at an address of this machine."""
    if not address:
        raise BadOptions("lab head got '': expected an address of this machine, or none")
    try:
        with socket.create_server((address, PORT)):
            pass
    except OSError as error:
        is_used = error.errno == errno.EADDRINUSE
        used = "another head is there, or what is left of a killed one, which `ray stop` ends"
        why = used if is_used else str(error)
        raise BadOptions(
            f"lab head got '{address}': {why}; expected an address of this machine with port "
            f"{PORT} free"
        ) from error


def start_head(address: str, devices: Sequence[Offered], notify: Notify) -> None:
    """Be the head of a lab, and offer devices to it, until Ctrl-C.

    Args:
        address: of this machine, as the others reach it; a loopback address is for it alone.

    Raises:
        NoLab: it ended by itself.
    """
    words = ["--head", "--node-ip-address", address, "--port", str(PORT)]
    words += ["--ray-client-server-port", str(CLIENT_PORT), "--include-dashboard", "false"]
    is_loopback = _is_loopback(address)
    notify("lab", f"its head is {address}{', for this machine alone' if is_loopback else ''}")
    raise NoLab(f"the head ended by itself ({_run(words, devices, is_loopback=is_loopback)})")


def to_head(address: str) -> str:
    """HOST:PORT of a head that can be joined; raises BadOptions."""
    host, _, port = address.partition(":")
    if not host or not (port or "1").isdigit() or int(port or 1) not in range(1, 2**16):
        raise BadOptions(f"lab join got '{address}': expected HEAD or HEAD:PORT")
    if _is_loopback(host):
        raise BadOptions(
            f"a lab at {host} is for its own machine alone, and its head offers what that has: "
            "give 'irrvit-bench lab head' an address that other machines reach"
        )
    return f"{host}:{port or PORT}"


def join(head: str, devices: Sequence[Offered], notify: Notify) -> None:
    """Offer devices to a lab until Ctrl-C; a head that goes away is waited for.

    Args:
        head: as `to_head` has it.

    Raises:
        NoLab: there is no head there at first.
    """
    require_listener(head)
    started, was_there = time.monotonic(), False
    while True:
        ended = _run(["--address", head], devices)
        was_there = was_there or time.monotonic() - started > _JOINED_S
        if not was_there:
            raise NoLab(
                f"the lab at {head} does not take this machine ({ended}): see that both have the "
                "same Python, Ray and ~/.ray/auth_token"
            )
        notify("lab", f"its head went away; joining again in {_AGAIN_S:.0f} s (or Ctrl-C)")
        time.sleep(_AGAIN_S)


def require_listener(head: str) -> None:
    """Raises NoLab where nobody listens; Ray itself would try for a long time."""
    host, _, port = head.partition(":")
    try:
        socket.create_connection((host, int(port)), timeout=_ANSWER_S).close()
    except OSError as error:
        raise NoLab(
            f"no head of a lab is at {head} ({error}): start one there with 'irrvit-bench lab head "
            "ADDRESS'"
        ) from error


def log() -> Path:
    """Where what Ray says of this machine's part of a lab goes."""
    return folder("log") / "ray.log"


def _is_loopback(address: str) -> bool:
    return address in ("localhost", "::1") or address.startswith("127.")


def _run(words: Sequence[str], devices: Sequence[Offered], *, is_loopback: bool = False) -> str:
    """Run a node until it ends, and say how; nothing but what has a device is sent to it."""
    if find_spec("ray") is None:
        raise RuntimeUnavailable(str(MissingExtra("ray", "ray")))
    # What is measured does not wait for others, and a process that is ended for its memory is
    # reported instead of being begun for ever.
    settings = cluster.settings(is_loopback=is_loopback) | {
        "RAY_worker_niceness": "0",
        "RAY_task_oom_retries": "0",
    }
    command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", *words]
    command += ["--num-cpus", "0", "--resources", json.dumps(resources(devices))]
    # In a group of its own: Ctrl-C is ours alone, and Ray is ended as it likes to be.
    with log().open("ab") as said:
        node = subprocess.Popen(
            command,
            env=settings | os.environ,
            stdout=said,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        return f"exit code {node.wait()}; what Ray said is in {log()}"
    finally:
        node.terminate()
        try:
            node.wait(_ENDING_S)
        except subprocess.TimeoutExpired:
            node.kill()
        signal.signal(signal.SIGTERM, before)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt
