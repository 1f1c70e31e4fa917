"""What a host offers to a lab: its devices, each a resource of which there are as many."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from filelock import FileLock, Timeout

from irrvit.benchmark import kinds
from irrvit.benchmark.device import Device, Finder, SeenDevice, accelerators
from irrvit.benchmark.errors import BadOptions, DeviceNotFound
from irrvit.benchmark.kept import folder
from irrvit.model.progress import Notify

MEMBER = "irrvit-lab"
"""A resource that every host of a lab has."""
QUIET = "irrvit-quiet"
"""All of it is taken by what is measured on a host itself, little by what is on a phone."""
_ALL, _LITTLE = 1.0, 0.001
_ODD = re.compile(r"[^\w.-]+")
_SERIAL = re.compile(r" \(([^()]+)\)$")


@dataclass(frozen=True)
class Offered:
    """A device that a host has.

    Attributes:
        model: the same for all devices that may stand for each other.
        serial: which of them it is on its host; empty for the host itself.
        runtimes: as `Device.RUNTIMES`.
        accelerators: those that can be asked for.
        is_apart: it computes by itself, and leaves its host alone.
    """

    kind: str
    model: str
    serial: str
    soc: str
    os: str
    abi: str
    runtimes: Mapping[str, tuple[str, ...]]
    accelerators: tuple[str, ...]
    is_apart: bool

    @property
    def resource(self) -> str:
        """What it is called in Ray, which writes names between commas."""
        return f"irrvit:{self.kind}:{_ODD.sub('_', self.model)}"

    @property
    def needs(self) -> dict[str, float]:
        """What a job takes while it runs there."""
        return {self.resource: 1.0, QUIET: _LITTLE if self.is_apart else _ALL}


def offered() -> list[Offered]:
    """Every device of this host that can be used now."""
    return [_offer(seen) for seen in kinds.seen() if seen.is_ready]


def _offer(seen: SeenDevice) -> Offered:
    kind = kinds.load(seen.kind)
    is_apart = isinstance(kind, Finder)
    serial = _SERIAL.search(seen.name) if is_apart else None
    device = kinds.find(serial[1] if serial else seen.kind)
    return Offered(
        kind=seen.kind,
        model=_SERIAL.sub("", seen.name) if serial else seen.name,
        serial=serial[1] if serial else "",
        soc=seen.soc,
        os=seen.os,
        abi=seen.abi,
        runtimes=dict(device.RUNTIMES),
        accelerators=accelerators(device),
        is_apart=is_apart,
    )


def resources(devices: Iterable[Offered]) -> dict[str, float]:
    """What a host that has these devices has in Ray."""
    counted = Counter(device.resource for device in devices)
    return {MEMBER: 1.0, QUIET: _ALL} | {name: float(count) for name, count in counted.items()}


@contextmanager
def held(wanted: Offered, notify: Notify) -> Iterator[Device]:
    """Take a device of a name that nobody on this host holds; with a serial, that one alone.

    Raises:
        DeviceNotFound: this host has none any more.
    """
    there = [device for device in offered() if _is(device, wanted)]
    for device in there:
        lock = FileLock(folder("locks") / _ODD.sub("_", f"{device.resource} {device.serial}"))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            continue
        try:
            yield kinds.find(device.serial or device.kind, {}, notify)
        finally:
            lock.release()
        return
    why = "every one is held by another" if there else "it is not there any more"
    raise DeviceNotFound(f"{wanted.model}: {why}")


def _is(device: Offered, wanted: Offered) -> bool:
    return device.resource == wanted.resource and wanted.serial in ("", device.serial)


def fitting(asked: str, there: Mapping[str, Sequence[Offered]]) -> tuple[Offered, str | None]:
    """The device that a person means, and its host if no other will do.

    Args:
        asked: a kind, a part of a model, a serial, or a host for its own processor.
        there: by host.

    Raises:
        DeviceNotFound: nothing in the lab is called so.
        BadOptions: devices that differ are.
    """
    pairs = [(device, host) for host, devices in there.items() for device in devices]
    for pinned in (_is_serial, _is_host):
        exact = [(device, host) for device, host in pairs if pinned(asked, device, host)]
        if exact:
            return exact[0]
    found = [device for device, _ in pairs if asked.lower() == device.model.lower()] or [
        device for device, _ in pairs if _fits(asked, device)
    ]
    models = {device.resource: device for device in found}
    if not models:
        names = "; ".join(sorted({f"{device.model} ({device.kind})" for device, _ in pairs}))
        raise DeviceNotFound(f"no device of the lab is called '{asked}': it has {names or 'none'}")
    if len(models) > 1:
        names = "; ".join(sorted(device.model for device in models.values()))
        raise BadOptions(f"'{asked}' fits several devices of the lab: {names}; name one of them")
    return replace(next(iter(models.values())), serial=""), None


def _is_serial(asked: str, device: Offered, host: str) -> bool:
    return bool(device.serial) and asked == device.serial


def _is_host(asked: str, device: Offered, host: str) -> bool:
    return device.kind == "host" and asked.lower() == host.lower()


def _fits(asked: str, device: Offered) -> bool:
    return asked == device.kind or asked.lower() in device.model.lower()
