"""The talk with a worker: one line of JSON each way, over whatever carries lines."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import IO, Any

from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.errors import CommandFailed, NoAnswer
from irrvit.benchmark.measurement import Placement


class WorkerConnection:
    """Ask a worker; its end may be a pipe's, a socket's, or any other pair of streams of bytes.

    Args:
        timeout_s: after which a question without an answer counts as a hang.
        explain_end: says how the worker ended, once its answers have.
    """

    def __init__(
        self,
        questions: IO[bytes],
        answers: IO[bytes],
        *,
        timeout_s: float,
        explain_end: Callable[[], str],
    ):
        self.timeout_s = timeout_s
        self._questions, self._explain_end = questions, explain_end
        self._lines: queue.Queue[bytes] = queue.Queue()
        self._listener = threading.Thread(target=self._listen, args=(answers,), daemon=True)
        self._listener.start()

    def ask(self, do: str, *, content: Iterable[bytes] = (), **arguments: Any) -> dict[str, Any]:
        """Have it do something and return what it answers.

        Args:
            content: what follows the line, where a command takes bytes.

        Raises:
            NoAnswer: it hung.
            CommandFailed: it died, or says that it cannot.
        """
        # It may have said why before it ended, and what was said is heard.
        with suppress(OSError):
            self._questions.write(json.dumps({"do": do, **arguments}).encode() + b"\n")
            for piece in content:
                self._questions.write(piece)
            self._questions.flush()
        try:
            line = self._lines.get(timeout=self.timeout_s)
        except queue.Empty:
            raise NoAnswer(
                f"its process did not answer within {self.timeout_s:g} s and was ended"
            ) from None
        if not line:
            self._lines.put(b"")  # Whoever asks again hears the same.
            raise CommandFailed(self._explain_end())
        return _parse(line)

    def close(self) -> None:
        """Close both streams; the worker has ended by now."""
        with suppress(OSError):  # What it was told last, it never read.
            self._questions.close()
        self._listener.join()

    def _listen(self, answers: IO[bytes]) -> None:
        with suppress(OSError), answers:  # A connection that breaks is an end like any other.
            for line in answers:
                self._lines.put(line)
        self._lines.put(b"")


def _parse(line: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(line)
    except ValueError:  # No JSON, or no text at all.
        answer = None
    if not isinstance(answer, dict):
        said = line.strip()[:80].decode(errors="replace")
        raise CommandFailed(f"its process answered with what is no answer: {said}")
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
