"""A Ray cluster to work on: one that this machine starts for itself, or one that runs already."""

from __future__ import annotations

import logging
import os
import re
import socket
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from math import inf
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

from irrvit.export.errors import BadOption, ExportError, MissingExtra
from irrvit.export.sweep.quiet import hush

LOCAL = "ray"
_REMOTE = re.compile(r"ray://[\w.-]+(:(?P<port>\d{1,5}))?")
_PORT = 10001
_RETRIES = 1
_TRIES, _PAUSE_S = 6, 5.0
_TOKEN = Path.home() / ".ray" / "auth_token"
_Answer = TypeVar("_Answer")
_About = TypeVar("_About")


class ClusterLost(ExportError):
    """Nothing more can be done on a cluster; what was done is kept."""


@contextmanager
def connected(where: str) -> Iterator[ModuleType]:
    """Connect to a cluster and yield `ray`; one that was connected to before is used as it is.

    Args:
        where: `ray` starts a cluster of this machine alone, reached from nowhere else;
            `ray://HEAD` or `ray://HEAD:PORT` goes to one that runs.

    Raises:
        BadOption: `where` is neither.
        MissingExtra: Ray is not installed.
        ClusterLost: nobody answers there.
    """
    named = _REMOTE.fullmatch(where)
    if where != LOCAL and (named is None or int(named["port"] or 1) not in range(1, 2**16)):
        raise BadOption(f"--on got '{where}': expected ray, ray://HEAD or ray://HEAD:PORT")
    ray = _ray(where)
    if ray.is_initialized():
        yield ray
        return
    try:
        _start(ray, where)
    except (ConnectionError, OSError, RuntimeError, ValueError) as error:
        raise ClusterLost(
            f"no Ray cluster answers at '{where}' ({_reason(error)}): start one with "
            "`ray start --head` on that machine, see that both have the same Ray, or leave --on out"
        ) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def settings(*, is_loopback: bool, asks_for_token: bool = True) -> dict[str, str]:
    """What Ray is told by variables when it is imported or started.

    Args:
        is_loopback: it is to be reached from this machine alone.
        asks_for_token: whoever connects has to have the token of this machine, if it has one.
    """
    told = {"RAY_USAGE_STATS_ENABLED": "0"}
    if is_loopback:  # What Ray does by itself on macOS and Windows.
        told["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"
    if asks_for_token and ("RAY_AUTH_TOKEN" in os.environ or _TOKEN.is_file()):
        told["RAY_AUTH_MODE"] = "token"  # Its client asks for none by itself.
    return told


def _ray(where: str) -> ModuleType:
    """Import Ray, which reads its settings then."""
    is_local = where == LOCAL
    for name, value in settings(is_loopback=is_local, asks_for_token=not is_local).items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ModuleNotFoundError as error:
        raise MissingExtra("ray", "ray") from error
    if not is_local:
        hush()
    return ray


def _start(ray: ModuleType, where: str) -> None:
    quiet: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if where == LOCAL:
        # A task that the system ended for its memory is tried once more and then reported; and
        # Ray would let everything else on the machine go first.
        system = {"task_oom_retries": 1, "worker_niceness": 0}
        ray.init(address="local", include_dashboard=False, _system_config=system, **quiet)
    else:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Of what is said as an error, too.
            _join(ray, where if where.count(":") == 2 else f"{where}:{_PORT}", quiet)


def _join(ray: ModuleType, where: str, quiet: dict[str, Any]) -> None:
    """Connect to a head; one that answers, and is busy or still starting, is asked again."""
    for tries_left in reversed(range(_TRIES)):
        try:
            ray.init(where, **quiet)
            return
        except ConnectionAbortedError:
            if not tries_left:
                raise
            time.sleep(_PAUSE_S)


def _reason(error: Exception) -> str:
    """One line of what may be a traceback of the head's, below a line that announces it."""
    first, *more = str(error).strip().splitlines() or [type(error).__name__]
    return f"{first} {more[-1].strip()}" if more and first.endswith(":") else first


def on_every_node(
    ray: ModuleType, ask: Callable[..., _Answer], *about: object, having: str = "CPU"
) -> dict[str, _Answer]:
    """Ask something on each machine of the cluster that computes; answers by host.

    Args:
        having: the resource that makes a machine one of them.

    Raises:
        ClusterLost: one of them does not have this package, or went away.
    """
    asked = {}
    for node in ray.nodes():
        if not node["Alive"] or not node["Resources"].get(having):
            continue
        how = {"num_cpus": 0, "max_retries": 0, "scheduling_strategy": only_at(node["NodeID"])}
        host = node["NodeManagerHostname"] or node["NodeManagerAddress"]
        asked[f"{host} ({node['NodeID'][:6]})"] = ray.remote(**how)(ask).remote(*about)
    answers = {}
    for host, answer in asked.items():
        try:
            answers[host] = ray.get(answer)
        except ray.exceptions.RayError as error:
            raise ClusterLost(f"{host} cannot work for us: {first_line(error)}") from error
    return answers


def only_at(node: str) -> Any:
    """The `scheduling_strategy` of a task for one machine alone, by its number in Ray."""
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

    return NodeAffinitySchedulingStrategy(node_id=node, soft=False)


def task(ray: ModuleType, work: Callable[..., object], *, memory: int) -> Any:
    """Work for one core that is done wherever there is room, and once more if it is lost.

    Args:
        memory: bytes that it needs.
    """
    return ray.remote(num_cpus=1, memory=memory, max_retries=_RETRIES)(work)


def answers(
    ray: ModuleType, tasks: Iterable[tuple[_About, Any]], *, ahead: int | None = None
) -> Iterator[tuple[_About, Any]]:
    """The answer to each task as it comes, or a sentence why none does, with what it is about.

    Tasks that nobody waits for any longer are ended.

    Args:
        tasks: what each is about, and itself; they are begun by asking for the next.
        ahead: how many are begun for each core of the cluster; None begins all.

    Raises:
        ClusterLost: there is no cluster any more.
    """
    coming, running = iter(tasks), {}
    try:
        most = inf if ahead is None else ahead * max(1, ray.cluster_resources().get("CPU", 1))
        while True:
            while len(running) < most and (one := next(coming, None)) is not None:
                about, begun = one
                running[begun] = about
            if not running:
                return
            (done, *_), _ = ray.wait(list(running), num_returns=1)
            yield running.pop(done), _answer(ray, done)
    except (ConnectionError, ray.exceptions.RaySystemError) as error:
        running = {}
        raise ClusterLost(
            f"the cluster went away ({first_line(error)}): what came back until then is kept, and "
            "the same command goes on from there"
        ) from error
    finally:
        for begun in running:
            ray.cancel(begun, force=True)


def _answer(ray: ModuleType, done: Any) -> Any:
    try:
        return ray.get(done)
    except ray.exceptions.OutOfMemoryError:
        return (
            f"it was ended {_RETRIES + 1} times for the memory that it took: it needs a machine "
            "with more, or fewer others beside it"
        )
    except ray.exceptions.RaySystemError:
        raise
    except ray.exceptions.RayTaskError as error:  # Raised by the work: no other try helps.
        return f"it failed with {first_line(error)}"
    except ray.exceptions.RayError as error:
        return f"it was lost {_RETRIES + 1} times: {first_line(error)}"


def require_same(here: Mapping[str, str], there: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse to work with machines whose files would be other ones.

    Args:
        here: versions by what has them; `there` has those of each host.

    Raises:
        BadOption: naming host, package and both versions.
    """
    for host, versions in there.items():
        for name, version in here.items():
            if versions.get(name) != version:
                raise BadOption(
                    f"{host} has {name} {versions.get(name, 'missing')} and this machine has "
                    f"{version}: their files would differ; install the same on both"
                )


def first_line(error: BaseException) -> str:
    """What an error of Ray says first; it goes on with traces of several processes."""
    cause = getattr(error, "cause", None) or error
    lines = [line.strip() for line in str(cause).splitlines() if line.strip()]
    return f"{type(cause).__name__}: {lines[0][:300]}" if lines else type(cause).__name__


def this_host() -> str:
    """What this machine is called."""
    return socket.gethostname()
