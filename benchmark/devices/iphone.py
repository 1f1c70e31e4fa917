"""iPhones, by their name or their serial; any, if there is only one."""

from __future__ import annotations

from irrvit.benchmark.device import Device, SeenDevice
from irrvit.benchmark.iphone.options import Options as Options
from irrvit.model.progress import Notify


def attached() -> list[SeenDevice]:
    """See `irrvit.benchmark.device.Finder`."""
    from irrvit.benchmark.iphone import device

    return device.attached()


def find(name: str, options: Options, notify: Notify) -> Device:
    """See `irrvit.benchmark.device.Finder`."""
    from irrvit.benchmark.iphone import device

    return device.find(name, options, notify)
