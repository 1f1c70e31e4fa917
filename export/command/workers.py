"""Side by side: a process for every file to write or to try.

Converters are slow, hold the interpreter lock, talk a lot and sometimes crash; a process each makes
them quick together, keeps their chatter in a log and confines a crash to one format.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol, TypeVar

from irrvit.export.errors import ExportError, NotWritable, UnsupportedOp
from irrvit.export.target import facts
from irrvit.model.errors import ModelError
from irrvit.model.progress import Notify, NotifyStage

_PATIENCE_S = 10
CORES = "IRRVIT_CORES"
"""How many files are written at once, where others use the machine too; else one on each core."""

_T = TypeVar("_T", bound="WorkerTask")
_Result = TypeVar("_Result")


class WorkerTask(Protocol):
    """Something to do in a process of its own; it is pickled, so it holds names and no networks.

    Attributes:
        name: what the person who waits reads.
        target: the format that it is about; the slowest one goes first.
        chatter: takes what the process prints while it works.
        log: where that will be found if the task fails.
    """

    @property
    def name(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def chatter(self) -> Path: ...
    @property
    def log(self) -> Path: ...
    def run(self, notify: NotifyStage) -> object: ...


@dataclass(frozen=True)
class Failure:
    """A task that could not be done; one sentence that says why and what to do."""

    message: str


def settle(task: WorkerTask, *outcomes: object) -> None:
    """Keep what a failed task printed, for its message names the log; remove an older log else."""
    has_failed = any(isinstance(outcome, Failure) for outcome in outcomes)
    if has_failed and task.chatter.exists():
        task.chatter.replace(task.log)
    elif not has_failed:
        task.log.unlink(missing_ok=True)


def run(tasks: Iterable[_T], notify: Notify, *, forked: bool = False) -> Iterator[tuple[_T, Any]]:
    """Do the tasks, one on each core; yield each with what came of it, the quickest first.

    Args:
        notify: called with a task's name and what it is doing now.
        forked: tasks hold what this process has made, and are handed on as they are.
    """
    waiting = sorted(tasks, key=lambda task: -facts(task.target).export_seconds)
    running: dict[Connection, tuple[_T, BaseProcess]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < _cores():
                receiver, process = start(_work, waiting[0], forked=forked)
                running[receiver] = waiting.pop(0), process
            for receiver in wait(list(running)):
                assert isinstance(receiver, Connection)
                task, process = running[receiver]
                message = receive(receiver, task, process)
                if isinstance(message, str):  # What it is doing now.
                    notify(task.name, message)
                else:
                    process.join(_PATIENCE_S)  # It tidies up after itself.
                    process.kill()
                    del running[receiver]
                    yield task, message
    finally:
        for _, process in running.values():
            end(process)  # Ctrl-C leaves none behind.


def _cores() -> int:
    if CORES in os.environ:
        return max(1, int(os.environ[CORES]))
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def start(
    work: Callable[..., None], task: WorkerTask, *more: object, forked: bool = False
) -> tuple[Connection, BaseProcess]:
    """Do some work of a task in a new process, which sends here what it has to say."""
    get = multiprocessing.get_context
    context = get("fork") if forked else get("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=work, args=(sender, task, *more), name=task.name)
    with _without_script():
        process.start()
    sender.close()
    return receiver, process


def end(process: BaseProcess) -> None:
    """End a process, and those that it has forked, where it leads a group of them."""
    assert process.pid
    with suppress(AttributeError, ProcessLookupError):  # Windows has no groups, others no leader.
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()


@contextmanager
def _without_script() -> Iterator[None]:
    """A new process would first run the caller's script again, which may have no guard for that."""
    main = sys.modules["__main__"]
    kept = {name: value for name, value in vars(main).items() if name in ("__file__", "__spec__")}
    vars(main).pop("__file__", None)
    main.__spec__ = None
    try:
        yield
    finally:
        vars(main).update(kept)


def receive(receiver: Connection, task: WorkerTask, process: BaseProcess) -> Any:
    """What a process says next; that it died, if it says no more."""
    try:
        return receiver.recv()
    except EOFError:
        process.join()
        how = f"exit code {process.exitcode}"
        if process.exitcode is not None and process.exitcode < 0:
            how = signal.Signals(-process.exitcode).name
            how += ": out of memory?" if how == "SIGKILL" else ""
        return Failure(f"its process died ({how}); its log: {task.log}")


def _work(sender: Connection, task: WorkerTask) -> None:
    """What a worker process does from its first line to its last."""
    settle_in(task)
    sender.send(attempt(task, lambda: task.run(sender.send)))
    sender.close()


def settle_in(task: WorkerTask) -> None:
    """What a new process does first."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # The parent decides what Ctrl-C means.
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _send_chatter_to(task.chatter)


def attempt(task: WorkerTask, work: Callable[[], _Result]) -> _Result | Failure:
    """What comes of some work of a task, or the sentence why nothing did; the log has the rest."""
    try:
        return work()
    except UnsupportedOp as error:
        traceback.print_exc()
        return Failure(f"{error}; what the converter printed: {task.log}")
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
        return Failure(f"{task.name} failed with {kind}: {first_line[:300]}; its log: {task.log}")


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
