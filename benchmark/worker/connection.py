"""The talk with a worker: one line of JSON each way, over whatever carries lines."""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import IO, Any

from irrvit.benchmark.errors import CommandFailed, NoAnswer, one_line


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
        answer = _whole(json.loads(line))
    except (ValueError, RecursionError):  # No JSON, or no text at all, or lists without an end.
        answer = None
    if not isinstance(answer, dict):
        said = one_line(line[:80].decode(errors="replace"))
        raise CommandFailed(f"its process answered with what is no answer: {said}")
    if "error" in answer:
        raise CommandFailed(f"its runtime says: {one_line(str(answer['error']))}")
    return answer


def _whole(said: Any) -> Any:
    """JSON may have half a character, which no file and no terminal takes."""
    if isinstance(said, str):
        return said.encode(errors="replace").decode()
    if isinstance(said, dict):
        return {_whole(name): _whole(value) for name, value in said.items()}
    # What is long is numbers.
    if isinstance(said, list) and not all(isinstance(one, int | float) for one in said):
        return [_whole(one) for one in said]
    return said
