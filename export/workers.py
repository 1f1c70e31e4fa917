"""Side by side: one process for every file to write.

Converters are slow, hold the interpreter lock, talk a lot and sometimes crash; a process each makes
them quick together, keeps their chatter in a log and confines a crash to one format.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from irrvit.export import target
from irrvit.export.artifact import Manifest
from irrvit.export.errors import ExportError, NotWritable
from irrvit.export.job import Job
from irrvit.model.errors import ModelError

Notify = Callable[[str, str], None]
_PATIENCE_S = 10


@dataclass(frozen=True)
class Task:
    """A job with the empty folder it fills and its cache key.

    Attributes:
        log: where what the converter printed will be found if the job fails.
    """

    job: Job
    folder: Path
    log: Path
    cache_key: str

    @property
    def chatter(self) -> Path:
        """What the converter prints while it works; it disappears with the workspace."""
        return self.folder.with_name(f"{self.folder.name}.log")


@dataclass(frozen=True)
class Failure:
    """A job that could not be done; one sentence that says why and what to do."""

    message: str


Outcome = Manifest | Failure


def run(tasks: Iterable[Task], notify: Notify) -> Iterator[tuple[Task, Outcome]]:
    """Do the tasks, one on each core; yield each with what came of it, the quickest first.

    Args:
        notify: called with a job's name and what it is doing now.
    """
    waiting = sorted(tasks, key=lambda task: target.slowest_first(task.job.target))
    running: dict[Connection, tuple[Task, SpawnProcess]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < _cores():
                receiver, process = _start(waiting[0])
                running[receiver] = waiting.pop(0), process
            for receiver in wait(list(running)):
                assert isinstance(receiver, Connection)
                task, process = running[receiver]
                message = _receive(receiver, task, process)
                if isinstance(message, str):
                    notify(task.job.name, message)
                else:
                    process.join(_PATIENCE_S)  # It tidies up after itself.
                    process.kill()
                    del running[receiver]
                    yield task, message
    finally:
        for _, process in running.values():
            process.kill()  # Ctrl-C leaves none behind.
            process.join()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start(task: Task) -> tuple[Connection, SpawnProcess]:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(task, sender), name=task.job.name)
    process.start()
    sender.close()
    return receiver, process


def _receive(receiver: Connection, task: Task, process: SpawnProcess) -> str | Outcome:
    try:
        return receiver.recv()
    except EOFError:
        process.join()
        how = f"exit code {process.exitcode}"
        if process.exitcode is not None and process.exitcode < 0:
            how = signal.Signals(-process.exitcode).name
            how += ": out of memory?" if how == "SIGKILL" else ""
        return Failure(f"the process that converts died ({how}); its log: {task.log}")


def _work(task: Task, sender: Connection) -> None:
    """What a worker process does from its first line to its last."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides what Ctrl-C means.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _send_chatter_to(task.chatter)
    sender.send(_outcome(task, sender))
    sender.close()


def _outcome(task: Task, sender: Connection) -> Outcome:
    try:
        from irrvit.export import pipeline

        return pipeline.export(task.job, task.folder, cache_key=task.cache_key, notify=sender.send)
    except (ExportError, ModelError) as error:
        traceback.print_exc()
        return Failure(str(error))
    except OSError as error:
        traceback.print_exc()
        return Failure(str(NotWritable(task.log.parent, error)))
    except Exception as error:  # A converter may raise anything; the log has the traceback.
        traceback.print_exc()
        kind = type(error).__name__
        first_line = (str(error).strip().splitlines() or [""])[0]
        return Failure(f"the converter failed with {kind}: {first_line[:300]}; its log: {task.log}")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os._exit(1)


def _send_chatter_to(log: Path) -> None:
    """Point stdout and stderr, also those of C++ libraries, to a file."""
    descriptor = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o644)
    for stream in (1, 2):
        os.dup2(descriptor, stream)
    os.close(descriptor)
    logging.basicConfig(level=logging.INFO)
    warnings.simplefilter("default")
    with suppress(RuntimeError):
        import torch

        # Converters are single-threaded for most of their time: a core each.
        torch.set_num_threads(1)
