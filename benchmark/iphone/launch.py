"""Starting the app from a Mac, by the command of Xcode that speaks to phones."""

from __future__ import annotations

import shutil
import subprocess
import sys

from irrvit.benchmark.errors import BadOptions, CommandFailed, DeviceNotFound, one_line
from irrvit.benchmark.iphone.phone import IPhone
from irrvit.model.progress import Notify

# What opens the app on its Benchmark page: see ios_app/App/IRRViTApp.swift.
ARGUMENT = "--benchmark"
_LAUNCH_S, _START_S = 60.0, 20.0


def require(phone: IPhone, bundle_id: str, notify: Notify) -> None:
    """Have the app on its Benchmark page; one that is there is not started again.

    Raises:
        BadOptions: this is no Mac with Xcode.
        DeviceNotFound: the app does not start; the message says what Xcode says.
    """
    try:
        phone.hello()
        return
    except CommandFailed:
        notify("the app", f"starting {bundle_id}")
    if sys.platform != "darwin" or shutil.which("xcrun") is None:
        raise BadOptions(
            "--bundle-id is for a Mac with Xcode 15 or later, whose devicectl starts the app: "
            "leave it out and open the app's Benchmark page by hand"
        )
    start(phone.serial, bundle_id)
    phone.wait_until_back(_START_S, notify)


def start(serial: str, bundle_id: str) -> None:
    """Start the app on an iPhone; raises DeviceNotFound."""
    command = ["xcrun", "devicectl", "device", "process", "launch", "--terminate-existing"]
    command += ["--device", serial, bundle_id, ARGUMENT]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_LAUNCH_S, check=False)
    except subprocess.TimeoutExpired as error:
        raise DeviceNotFound(
            f"devicectl did not start {bundle_id} within {_LAUNCH_S:.0f} s: unlock the iPhone and "
            "open the app's Benchmark page by hand"
        ) from error
    if done.returncode:
        said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
        why = one_line(said[0]) if said else f"exit code {done.returncode}"
        raise DeviceNotFound(
            f"devicectl cannot start {bundle_id} on iPhone {serial}: {why}; unlock it, and check "
            "the name of the app (BUNDLE_ID of 'make iphone')"
        )
