"""Side by side, from one beginning: what all tasks need is made once, and handed on by forking.

A network is loaded, run and folded as quickly for one format as for three; what comes of it cannot
always be pickled, and need not be: a forked process has it already.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from multiprocessing.connection import Connection
from typing import Any, Protocol, TypeVar

from irrvit.export.command import workers
from irrvit.export.command.workers import Failure, WorkerTask
from irrvit.model.progress import Notify

# Where else there is a fork, the system's own libraries do not survive it.
CAN_FORK = sys.platform == "linux"


class Follower(WorkerTask, Protocol):
    """A task that goes on from what the beginning made, or makes it itself."""

    def given(self, made: Any, /) -> Follower: ...


_F = TypeVar("_F", bound=Follower)


def run(
    beginning: WorkerTask, tasks: Sequence[_F], notify: Notify
) -> Generator[tuple[_F, Any], None, None]:
    """As `workers.run`, the beginning done once for all tasks where the system lets that be."""
    beginning.log.unlink(missing_ok=True)  # Of an earlier failure.
    if len(tasks) < 2 or not CAN_FORK:
        yield from workers.run(tasks, notify)
        return
    left = list(tasks)
    receiver, process = workers.start(_lead, beginning, tasks)
    try:
        while left:
            message = workers.receive(receiver, beginning, process)
            if isinstance(message, Failure):
                workers.settle(beginning, message)  # The sentence names its log.
                yield from ((task, message) for task in left)
                return
            name, said = message
            if isinstance(said, str):  # What a task is doing now.
                notify(name, said)
                continue
            (task,) = (task for task in left if task.name == name)
            left.remove(task)
            yield task, said
    finally:
        workers.end(process)


def _lead(sender: Connection, beginning: WorkerTask, tasks: Sequence[Follower]) -> None:
    """Make what all need, and fork a process for each: together they are a group, to be ended."""
    os.setpgrp()
    workers.settle_in(beginning)

    def say(stage: str) -> None:
        for task in tasks:
            sender.send((task.name, stage))

    made = workers.attempt(beginning, lambda: beginning.run(say))
    if isinstance(made, Failure):
        sender.send(made)
        return
    followers = [task.given(made) for task in tasks]
    for task, outcome in workers.run(followers, lambda *s: sender.send(s), forked=True):
        sender.send((task.name, outcome))
