"""`irrvit-bench lab`: be the head of a lab, offer this machine's devices to one, see them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from irrvit.benchmark.acts.lab_options import LabOptions, RemoteOptions
from irrvit.benchmark.errors import BadOptions, ExitCode
from irrvit.benchmark.lab import hosts, node, offer
from irrvit.benchmark.remote_browser import device
from irrvit.model.progress import Notify

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
    match options.what, options.head:
        case "head", address:
            own = "127.0.0.1" if address is None else address
            node.require_own(own)
            with _phones(options):
                return _serve(lambda: node.start_head(own, _offered(notify), notify))
        case "join", str(address):
            head = node.to_head(address)
            node.require_listener(head)
            with _phones(options):
                return _serve(lambda: node.join(head, _offered(notify), notify))
        case "devices", _ if options.let_in:
            raise BadOptions("leave --let-in out: lab head and lab join keep phones")
        case "devices", str(head):
            with hosts.connected(head) as ray:
                usable, refused = hosts.usable(hosts.hosts(ray))
            return LabResult({name: host.devices for name, host in usable.items()}, refused)
        case ("join" | "devices") as what, None:
            raise BadOptions(f"lab {what} needs the lab's head: irrvit-bench lab {what} HEAD")
        case what, _:
            raise BadOptions(f"lab got '{what}': expected head, join HEAD or devices HEAD")


def _phones(options: LabOptions) -> AbstractContextManager[None]:
    """Those that are to be let in, for as long as the lab lasts."""
    if options.phones != RemoteOptions() and not options.let_in:
        raise BadOptions("--address, --port and --wait are about phones: add --let-in N")
    taken = {node.PORT, node.CLIENT_PORT} & set(device.ports(options.let_in, options.phones))
    if taken:
        raise BadOptions(f"port {min(taken)} is the lab's own: let phones in by another --port")
    return device.let_in(options.let_in, options.phones)


def _offered(notify: Notify) -> list[offer.Offered]:
    devices = offer.offered()
    for one in devices:
        notify("lab", f"offers {one.model} ({one.kind})")
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
        for one in devices:
            named = f"{one.model} ({one.serial})" if one.serial else one.model
            table.add_row(host, one.kind, named, one.soc, one.os)
    return Group(table)


def to_json(result: LabResult) -> dict[str, Any]:
    """The same rows."""
    return {
        "devices": [
            {"host": host} | asdict(one)
            for host, devices in result.devices.items()
            for one in devices
        ]
    }
