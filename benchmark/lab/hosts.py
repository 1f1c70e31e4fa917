"""The hosts of a lab: connecting to them, and what each of them has."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from irrvit.benchmark.errors import BadOptions, BenchmarkError
from irrvit.benchmark.lab.offer import MEMBER, Offered, offered
from irrvit.export.errors import ExportError, MissingExtra
from irrvit.export.sweep import cluster
from irrvit.model.files import code_hash

_HEAD = re.compile(r"[\w.-]+(:(?P<port>\d{1,5}))?")
_OURS = Path(__file__).parents[1]
_Answer = TypeVar("_Answer")


class NoLab(BenchmarkError):
    """There is no lab at an address, or it went away."""


@dataclass(frozen=True)
class Host:
    """A machine of a lab.

    Attributes:
        version: of this project, with a hash of the code that measures.
    """

    name: str
    node: str
    version: str
    devices: tuple[Offered, ...]


@contextmanager
def connected(head: str) -> Iterator[ModuleType]:
    """Connect to a lab and yield `ray`.

    Raises:
        BadOptions: this is no address.
        NoLab: nobody answers there, or Ray is not installed.
    """
    named = _HEAD.fullmatch(head)
    if named is None or int(named["port"] or 1) not in range(1, 2**16):
        raise BadOptions(f"a lab cannot be at '{head}': expected HEAD or HEAD:PORT")
    with ExitStack() as stack:
        try:
            ray = stack.enter_context(cluster.connected(f"ray://{head}"))
        except MissingExtra as error:
            raise NoLab(str(error)) from error
        except ExportError as error:
            raise NoLab(
                f"no lab answers at {head}: start one there with 'irrvit-bench lab head ADDRESS', "
                "and see that both have the same Python, Ray and ~/.ray/auth_token"
            ) from error
        yield ray


def hosts(ray: ModuleType) -> list[Host]:
    """All that have joined, with what they have now.

    Raises:
        NoLab: one went away while it was asked.
    """
    return list(on_each(ray, _describe).values())


def on_each(ray: ModuleType, ask: Callable[..., _Answer], *about: object) -> dict[str, _Answer]:
    """Ask something on each host of the lab; raises NoLab."""
    try:
        return cluster.on_every_node(ray, ask, *about, having=MEMBER)
    except ExportError as error:
        raise NoLab(str(error)) from error


def ours() -> str:
    """What has to be the same on all hosts: this project, and its code that measures."""
    return f"{version('irrvit-mobile')} (code {code_hash('.', root=_OURS)[:12]})"


def _describe() -> Host:
    import ray

    node = ray.get_runtime_context().get_node_id()
    return Host(cluster.this_host(), node, ours(), tuple(offered()))


def usable(found: Sequence[Host]) -> tuple[dict[str, Host], dict[str, str]]:
    """Those of our version, by name, and a sentence for each of the others."""
    own, named = ours(), _by_name(found)
    refused = {
        name: f"it has irrvit-mobile {host.version} and this machine has {own}: what they measure "
        "could differ; install the same on both"
        for name, host in named.items()
        if host.version != own
    }
    return {name: host for name, host in named.items() if name not in refused}, refused


def _by_name(found: Sequence[Host]) -> dict[str, Host]:
    """With a part of their number in Ray where two are called alike."""
    names = Counter(host.name for host in found)
    return {
        host.name if names[host.name] == 1 else f"{host.name} ({host.node[:6]})": host
        for host in found
    }
