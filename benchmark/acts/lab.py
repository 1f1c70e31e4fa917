"""`irrvit-bench lab`: be the head of a lab, offer this machine's devices to one, see them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from irrvit.benchmark.acts.lab_options import LabOptions, RemoteOptions
from irrvit.benchmark.errors import BadOptions, ExitCode
from irrvit.benchmark.lab import hosts, node, offer
from irrvit.benchmark.remote_browser.device import let_in
from irrvit.model.progress import Notify

_KEEP_PHONES = ("head", "join")
_HEADINGS = ("host", "kind", "device", "SoC", "system")


@dataclass(frozen=True)
class LabResult:
    """What a lab has, by host; nothing after `join` and `head`.

    Attributes:
        has_left: this machine was a part of it until now.
    """

    devices: Mapping[str, tuple[offer.Offered, ...]] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)
    has_left: bool = False

    @property
    def exit_code(self) -> ExitCode:
        return ExitCode.COULD_NOT_RUN if self.problems else ExitCode.PASSED


def run(options: LabOptions, notify: Notify) -> LabResult:
    """Do what was asked for; `join` and `head` last until Ctrl-C.

    Raises:
        BadOptions: it is none of the three, or lacks an address.
        NoLab: there is none at the address.
    """
    _refuse_what_nobody_uses(options)
    match options.what, options.head:
        case "head", address:
            own = "127.0.0.1" if address is None else address
            node.require_own(own)
            with let_in(options.let_in, options.phones):
                return _serve(lambda: node.start_head(own, _offered(notify), notify))
        case "join", str(address):
            head = node.to_head(address)
            with let_in(options.let_in, options.phones):
                return _serve(lambda: node.join(head, _offered(notify), notify))
        case "devices", str(head):
            with hosts.connected(head) as ray:
                usable, refused = hosts.usable(hosts.hosts(ray))
            return LabResult({name: host.devices for name, host in usable.items()}, refused)
        case ("join" | "devices") as what, None:
            raise BadOptions(f"lab {what} needs the lab's head: irrvit-bench lab {what} HEAD")
        case what, _:
            raise BadOptions(f"lab got '{what}': expected head, join HEAD or devices HEAD")


def _refuse_what_nobody_uses(options: LabOptions) -> None:
    if options.let_in and options.what not in _KEEP_PHONES:
        raise BadOptions(f"leave --let-in out: lab {' and lab '.join(_KEEP_PHONES)} keep phones")
    if options.phones != RemoteOptions() and not options.let_in:
        raise BadOptions("--address, --port and --wait are for phones: --let-in says how many")


def _offered(notify: Notify) -> list[offer.Offered]:
    devices = offer.offered()
    for device in devices:
        notify("lab", f"offers {device.model} ({device.kind})")
    return devices


def _serve(serve: Callable[[], None]) -> LabResult:
    """Until Ctrl-C, which is how it is to end."""
    with suppress(KeyboardInterrupt):
        serve()
    return LabResult(has_left=True)


def to_table(result: LabResult) -> RenderableType:
    """A row for each device."""
    if not result.devices:
        return Text("this machine has left the lab" if result.has_left else "no devices")
    table = Table(box=SIMPLE_HEAD, pad_edge=False, collapse_padding=True, show_edge=False)
    for heading in _HEADINGS:
        table.add_column(heading, overflow="fold")
    for host, devices in result.devices.items():
        for device in devices:
            named = f"{device.model} ({device.serial})" if device.serial else device.model
            table.add_row(host, device.kind, named, device.soc, device.os)
    return Group(table)


def to_json(result: LabResult) -> dict[str, Any]:
    """The same rows."""
    return {
        "devices": [
            {"host": host} | asdict(device)
            for host, devices in result.devices.items()
            for device in devices
        ]
    }
