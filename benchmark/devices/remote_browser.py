"""A phone that needs nothing but its browser: it opens a page of this machine's by a QR code."""

from __future__ import annotations

from irrvit.benchmark.device import Device, SeenDevice, SetupProgress
from irrvit.benchmark.errors import DeviceNotFound
from irrvit.benchmark.remote_browser.options import Options as Options
from irrvit.model.progress import Notify

HIDES_HEAT = True  # No browser tells a page.
_NAME = "remote-browser"


def setup(progress: SetupProgress) -> str:
    """See `irrvit.benchmark.device.Installable`."""
    from irrvit.benchmark.browser.setup import build_page

    return f"the page is ready in {build_page(progress)}"


def attached() -> list[SeenDevice]:
    """See `irrvit.benchmark.device.Finder`."""
    from irrvit.benchmark.remote_browser import device

    if seen := device.attached():
        return seen
    raise DeviceNotFound(
        f"any phone in this machine's network: irrvit-bench --device {_NAME} shows it a QR code"
    )


def find(name: str, options: Options, notify: Notify) -> Device:
    """See `irrvit.benchmark.device.Finder`; by name only what another process here let in."""
    from irrvit.benchmark.remote_browser import device

    if name == _NAME:
        return device.find(options, notify)
    try:
        return device.find_shared(name, options, notify)
    except DeviceNotFound as error:
        raise DeviceNotFound(
            f"a phone of any name can run files in its browser: --device {_NAME}"
        ) from error
