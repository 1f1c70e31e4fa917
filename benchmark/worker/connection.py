"""The talk with a worker: one line of JSON each way, over whatever carries lines."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any

from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import Placement


class WorkerConnection:
    """Ask a worker; its end may be a pipe's, a socket's, or any other pair of text streams.

    Args:
        timeout_s: after which a question without an answer counts as a hang.
        explain_end: says how the worker ended, once its answers have.
    """

    def __init__(
        self,
        questions: IO[str],
        answers: IO[str],
        *,
        timeout_s: float,
        explain_end: Callable[[], str],
    ):
        self.timeout_s = timeout_s
        self._questions, self._explain_end = questions, explain_end
        self._lines: queue.Queue[str] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, args=(answers,), daemon=True)
        self._listener.start()

    def ask(self, do: str, **arguments: Any) -> dict[str, Any]:
        """Have it do something and return what it answers.

        Raises:
            CommandFailed: it died, hung, or says that it cannot.
        """
        try:
            self._questions.write(json.dumps({"do": do, **arguments}) + "\n")
            self._questions.flush()
            line = self._lines.get(timeout=self.timeout_s)
        except queue.Empty:
            raise CommandFailed(
                f"its process did not answer within {self.timeout_s:g} s and was ended"
            ) from None
        except OSError:
            line = ""
        if not line:
            self._lines.put("")  # Whoever asks again hears the same.
            raise CommandFailed(self._explain_end())
        return _parse(line)

    def close(self) -> None:
        """Close both streams; the worker has ended by now."""
        with suppress(OSError):  # What it was told last, it never read.
            self._questions.close()
        self._listener.join()

    def _listen(self, answers: IO[str]) -> None:
        with suppress(OSError), answers:  # A connection that breaks is an end like any other.
            for line in answers:
                self._lines.put(line)
        self._lines.put("")


def _parse(line: str) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except json.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise CommandFailed(f"its process answered with what is no answer: {line.strip()[:80]}")
    if "error" in answer:
        raise CommandFailed(f"its runtime says: {answer['error']}")
    return answer


def to_load_info(answer: dict[str, Any], *, accelerator: str) -> LoadInfo:
    """What a worker answers to `load`; some say themselves which accelerator it really is."""
    return LoadInfo(
        load_ms=answer["load_ms"],
        runtime_version=answer["version"],
        placement=Placement(**{"accelerator": accelerator} | answer["placement"]),
        idle_memory_bytes=answer["idle_memory_bytes"],
    )


def to_timed_block(answer: dict[str, Any], *, busy_ms: float | None) -> TimedBlock:
    """What a worker answers to `time`.

    Args:
        busy_ms: core time that everyone took on the device meanwhile, the worker included.
    """
    own_ms = answer["cpu_ns"] / 1e6
    return TimedBlock(
        latencies_ms=tuple(ns / 1e6 for ns in answer["ns"]),
        own_cpu_ms=own_ms,
        wall_ms=answer["wall_ns"] / 1e6,
        background_ms=None if busy_ms is None else busy_ms - own_ms,
        calls_per_value=answer.get("calls_per_value", 1),
    )
