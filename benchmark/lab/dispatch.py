"""Each job to a device that is free, and to another one when its host or it goes away."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from irrvit.benchmark.lab.hosts import NoLab
from irrvit.benchmark.lab.offer import Offered
from irrvit.export.sweep import cluster
from irrvit.model.progress import Notify

_TRIES = 2
_LOOK_S = 5.0


@dataclass(frozen=True)
class Gone:
    """The answer of a host whose device is not there any more.

    Attributes:
        node: the host's, in Ray.
    """

    node: str
    host: str
    sentence: str


@dataclass
class Job:
    """Something to do on a device.

    Attributes:
        name: what a person asked for.
        device: what it is to be done on: one of this name.
        request: what the host is told.
        node: where it goes, in Ray; None if any host with such a device will do.
        is_pinned: no other host will do.
        without: nodes whose device is gone.
        lost: why each try came to nothing.
        is_waiting: it was said that no host has such a device now.
    """

    name: str
    device: Offered
    request: object
    node: str | None = None
    is_pinned: bool = False
    without: set[str] = field(default_factory=set)
    lost: list[str] = field(default_factory=list)
    is_waiting: bool = False


def dispatch(
    ray: ModuleType, work: Callable[[Any], Any], jobs: Iterable[Job], notify: Notify
) -> Iterator[tuple[Job, Any]]:
    """The answer to each job as it comes, or a sentence why there is none.

    A job waits while all devices of its name are in use, or away. One whose host goes away while it
    works is begun once more.

    Args:
        work: what a host does with a request; its answer, or `Gone`.

    Raises:
        NoLab: the lab went away.
    """
    running = {_begin(ray, work, job): job for job in jobs}
    try:
        while running:
            done, _ = ray.wait(list(running), num_returns=1, timeout=_LOOK_S)
            if not done:
                _say_waiting(ray, running.values(), notify)
            for one in done:
                job = running.pop(one)
                answer = _answer(ray, one, job)
                if _is_to_go_on(ray, job, answer, notify):
                    running[_begin(ray, work, job)] = job
                else:
                    yield job, _final(answer)
    except (ConnectionError, ray.exceptions.RaySystemError) as error:
        running = {}
        raise NoLab(
            f"the lab went away ({cluster.first_line(error)}): what arrived until then is kept, "
            "and what its hosts have measured is collected by the next call with this store"
        ) from error
    finally:
        for one in running:
            ray.cancel(one)


def _begin(ray: ModuleType, work: Callable[[Any], Any], job: Job) -> Any:
    how: dict[str, Any] = {"num_cpus": 0, "max_retries": 0, "resources": job.device.needs}
    if job.node is not None:
        how["scheduling_strategy"] = cluster.only_at(job.node)
    return ray.remote(**how)(work).remote(job.request)


def _answer(ray: ModuleType, done: Any, job: Job) -> Any:
    """None if it is to be tried again."""
    try:
        return ray.get(done)
    except ray.exceptions.RaySystemError:
        raise
    except ray.exceptions.RayTaskError as error:  # Raised by the work: no other try helps.
        return f"it failed with {cluster.first_line(error)}"
    except ray.exceptions.OutOfMemoryError:
        job.lost.append("its process was ended for the memory that it took")
    except ray.exceptions.RayError as error:
        job.lost.append(f"its host or its process went away ({cluster.first_line(error)})")
    return None if len(job.lost) < _TRIES else f"{job.lost[-1]}, {_TRIES} times"


def _is_to_go_on(ray: ModuleType, job: Job, answer: Any, notify: Notify) -> bool:
    """Whether a job that came to nothing is begun again, perhaps on another host."""
    if answer is None:
        notify(job.name, f"{job.lost[-1]}; it is begun once more")
        job.node = job.node if job.is_pinned else None
        return True
    if isinstance(answer, Gone) and _is_elsewhere(ray, job, answer):
        notify(job.name, f"{answer.host}: {answer.sentence}; it goes to another host")
        return True
    return False


def _is_elsewhere(ray: ModuleType, job: Job, gone: Gone) -> bool:
    """Whether another host has a device of this name; the job is for that one then."""
    job.without.add(gone.node)
    others = [node for node in _having(ray, job.device.resource) if node not in job.without]
    if not others or job.is_pinned:
        return False
    job.node = others[0]
    return True


def _final(answer: Any) -> Any:
    if isinstance(answer, Gone):
        return f"{answer.host}: {answer.sentence}; no other host of the lab has one"
    return answer


def _say_waiting(ray: ModuleType, jobs: Iterable[Job], notify: Notify) -> None:
    """Once, of each job for which there is no device now."""
    for job in jobs:
        is_away = not _having(ray, job.device.resource)
        if is_away and not job.is_waiting:
            notify(job.name, f"no host has {job.device.model} now: waiting for one (or Ctrl-C)")
        job.is_waiting = is_away


def _having(ray: ModuleType, resource: str) -> list[str]:
    return [
        node["NodeID"] for node in ray.nodes() if node["Alive"] and node["Resources"].get(resource)
    ]
