"""The process that is measured, in a browser: it drives the worker of the page as stdin says.

    python -m irrvit.benchmark.browser.worker EXECUTABLE ACCELERATOR

Commands and answers are those of docs/protocol.md. The browser is this process's
own and ends with it. The page times the calls; what they cost in memory and core time is asked of
the system, since a page cannot know.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from irrvit.benchmark.browser.page_server import PageServer, built_page
from irrvit.benchmark.worker.process import serve
from irrvit.benchmark.worker.runtime import read_file

if TYPE_CHECKING:
    from playwright.sync_api import Error

# A page in the foreground of a browser that does nothing else on its own.
_ARGUMENTS = ("--disable-background-networking", "--disable-component-update")
_OF_ACCELERATOR = {
    "cpu": ("--disable-gpu",),
    # Linux has WebGPU only for those who ask.
    "gpu": ("--enable-unsafe-webgpu", "--enable-features=Vulkan"),
}


class PageFailed(Exception):
    """What the page says went wrong."""


class BrowserWorker:
    """Answers commands; see `irrvit.benchmark.worker.process.Worker`."""

    def __init__(self, executable: str, accelerator: str):
        self._executable, self._accelerator = executable, accelerator
        self._server = PageServer(built_page(), address=("127.0.0.1", 0))

    def load(self, runtime: str, path: str, threads: int) -> dict[str, Any]:
        content, _ = read_file(path, runtime)
        self._start()
        options = {"runtime": runtime, "accelerator": self._accelerator, "threads": threads}
        self._do("prepare(argument)", options)
        idle = self._peak_memory_bytes()
        loaded = self._do("load(argument)", self._offer("model", content))
        return {
            "load_ms": loaded["load_ms"],
            "version": loaded["version"],
            "placement": {name: loaded[name] for name in ("accelerator", "threads")},
            "idle_memory_bytes": idle,
        }

    def _start(self) -> None:
        from playwright.sync_api import Error, sync_playwright

        try:
            chromium = sync_playwright().start().chromium
            self._browser = chromium.launch(
                executable_path=self._executable,
                args=[*_ARGUMENTS, *_OF_ACCELERATOR[self._accelerator]],
                handle_sigint=False,
            )
            self._system = self._browser.new_browser_cdp_session()
            self._page = self._browser.new_page()
            self._page.goto(f"{self._server.url}?benchmark=server")
        except Error as error:
            raise PageFailed(f"the page does not start: {_first_line(error)}") from error

    def set(self, pixels: str) -> dict[str, Any]:
        content = np.load(pixels).astype("<f4").tobytes()
        self._do("set(argument)", self._offer("pixels", content))
        return {}

    def logits(self) -> dict[str, Any]:
        return {"logits": self._do("logits()")}

    def time(self, calls: int) -> dict[str, Any]:
        before = self._cpu_ns()
        timed = self._do("time(argument)", calls)
        return {
            "ns": [round(1e6 * ms) for ms in timed["latencies_ms"]],
            "cpu_ns": self._cpu_ns() - before,
            "wall_ns": 1e6 * timed["wall_ms"],
            "calls_per_value": timed["calls_per_value"],
        }

    def memory(self) -> dict[str, Any]:
        return {"bytes": self._peak_memory_bytes()}

    def _do(self, call: str, argument: object = None) -> Any:
        script = f"async argument => (await irrvit).{call}"
        return self._expect_alive(lambda: self._page.evaluate(script, argument))

    def _expect_alive(self, ask: Callable[[], Any]) -> Any:
        from playwright.sync_api import Error

        try:
            return ask()
        except Error as error:
            if "closed" in error.message or "crashed" in error.message:
                # Its parent reads this as the last words of a process that died.
                sys.exit("the browser or its page ended: killed, or out of memory?")
            raise PageFailed(_first_line(error)) from error

    def _offer(self, name: str, content: bytes) -> str:
        self._server.extra[f"/benchmark/{name}"] = content
        return f"benchmark/{name}"

    def _processes(self) -> list[dict[str, Any]]:
        asked = "SystemInfo.getProcessInfo"
        return self._expect_alive(lambda: self._system.send(asked))["processInfo"]

    def _cpu_ns(self) -> int:
        return round(1e9 * sum(process["cpuTime"] for process in self._processes()))

    def _peak_memory_bytes(self) -> int | None:
        """Of the process that holds the page, where the system says; as in `worker`."""
        pages = [process["id"] for process in self._processes() if process["type"] == "renderer"]
        status = [Path(f"/proc/{page}/status") for page in pages]
        lines = [line for path in status if path.exists() for line in path.read_text().splitlines()]
        peaks = [1024 * int(line.split()[1]) for line in lines if line.startswith("VmHWM:")]
        return max(peaks, default=None)


def _first_line(error: Error) -> str:
    """Without Playwright's own name for the call, and what it appends of its log."""
    return error.message.partition("\n")[0].removeprefix("Page.evaluate: ")


if __name__ == "__main__":
    serve(BrowserWorker(*sys.argv[1:]))
