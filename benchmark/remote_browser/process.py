"""One file in the page on the phone: a Web Worker of its own."""

from __future__ import annotations

import hashlib
import itertools
import secrets
import time
from contextlib import suppress
from typing import Any

import numpy as np

from irrvit.benchmark.device import LoadInfo, TimedBlock
from irrvit.benchmark.errors import CommandFailed
from irrvit.benchmark.measurement import RunConfig
from irrvit.benchmark.remote_browser import words
from irrvit.benchmark.remote_browser.borrowing import Talk
from irrvit.benchmark.remote_browser.server import RemoteServer
from irrvit.benchmark.remote_browser.session import PageEnded, Session
from irrvit.benchmark.worker.runtime import read_file

_CLOSE_S = 5.0
# Not from 1: another process may have workers in the same page (see `sharing`).
_numbers = itertools.count(secrets.randbits(32))


class PageProcess:
    """See `irrvit.benchmark.device.Process`."""

    def __init__(
        self, session: Session | Talk, server: RemoteServer | Talk, path: str, config: RunConfig
    ):
        """Have the page load the file that lies at `path` here; it keeps files by their hash."""
        self._session, self._server, self._config = session, server, config
        self._page, self._worker = session.page, next(_numbers)
        self._outputs = 0  # How many they are is known once it has answered.
        try:
            content, _ = read_file(path, config.runtime)
        except OSError as error:
            raise CommandFailed(f"cannot read {path}: {error.strerror or error}") from error
        self._name = hashlib.sha256(content).hexdigest()
        server.offer(self._name, content)
        try:
            self.load_info = self._load()
        except PageEnded as error:
            raise CommandFailed(
                f"loading the file ended the page: {error}; is the phone out of memory?"
            ) from error
        except BaseException:
            self.close()
            raise

    def _load(self) -> LoadInfo:
        config = self._config
        options = {"accelerator": config.accelerator, "threads": config.threads}
        self._ask("prepare", options={"runtime": config.runtime, **options})
        return words.load_info(self._ask("load", name=self._name))

    def set_input(self, pixels: np.ndarray) -> None:
        self._server.offer("pixels", np.ascontiguousarray(pixels, "<f4").tobytes())
        self._ask("set", name="pixels")

    def time(self, calls: int, *, untimed: int = 0) -> TimedBlock:
        """What others take meanwhile no browser tells a page."""
        if untimed:
            self._ask("time", calls=untimed)
        start = time.perf_counter()
        said = self._ask("time", calls=calls)
        passed_ms = 1000 * (time.perf_counter() - start)
        return words.timed_block(said, calls=calls, passed_ms=passed_ms)

    def logits(self) -> np.ndarray:
        found = words.logits(self._ask("logits"))
        if not found.size or found.size != (self._outputs or found.size):
            raise CommandFailed(
                f"the page answered with {found.size} outputs, expected "
                f"{self._outputs or 'one at least'}"
            )
        self._outputs = found.size
        return found

    def peak_memory_bytes(self) -> int | None:
        return None

    def close(self) -> None:
        if self._session.absence(self._page) is None:
            with suppress(CommandFailed):
                self._session.ask("close", timeout_s=_CLOSE_S, page=self._page, worker=self._worker)

    def _ask(self, do: str, **arguments: object) -> dict[str, Any]:
        return self._session.ask(
            do,
            timeout_s=self._config.timeout_s,
            page=self._page,
            worker=self._worker,
            **arguments,
        )
