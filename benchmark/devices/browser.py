"""A browser of this machine: each file in a page of a browser of its own."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from irrvit.benchmark import machine
from irrvit.benchmark.browser.page_server import built_page, sources
from irrvit.benchmark.errors import DeviceNotFound, RuntimeUnavailable, SetupFailed
from irrvit.benchmark.measurement import DeviceInfo, DeviceState, RunConfig
from irrvit.benchmark.worker.client import LocalProcess

Progress = Callable[[str, float], None]

RUNTIMES = {"tflite": ("litert",), "onnx": ("onnxruntime",)}
ACCELERATORS = ("cpu", "gpu")
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_PATIENCE_S = 20


def setup(progress: Progress) -> str:
    """Build the page, and say where it is; see `irrvit.benchmark.device.Device`."""
    _executable()
    script = sources().parent / "scripts" / "web.sh"
    progress("building the page", 0.0)
    done = subprocess.run([script], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SetupFailed(f"the page could not be built; {' / '.join(done.stderr.splitlines())}")
    progress("the page is built", 1.0)
    return f"the page is ready in {built_page()}"


def describe() -> DeviceInfo:
    """The browser with its version, on this machine's processor."""
    browser = _version(_executable())
    # Another version of the browser is the same device, as with any runtime.
    return machine.describe("browser", inside=browser, identity=browser.split()[0])


def state() -> DeviceState:
    """See `irrvit.benchmark.device.Device`."""
    return machine.state()


def open(path: str, config: RunConfig) -> BrowserProcess:
    """See `irrvit.benchmark.device.Device`."""
    built_page()
    if importlib.util.find_spec("playwright") is None:
        raise RuntimeUnavailable(
            "the package playwright is not installed, and browsers are driven by it: "
            'pip install "irrvit-mobile[browser]"'
        )
    command = [sys.executable, "-P", "-m", "irrvit.benchmark.browser.worker"]
    return BrowserProcess([*command, _executable(), config.accelerator], path, config)


class BrowserProcess(LocalProcess):
    profile = None  # pyright: ignore[reportAssignmentType]  # Runtimes have no profiler in browsers.


def _version(executable: str) -> str:
    try:
        said = subprocess.check_output([executable, "--version"], text=True, timeout=_PATIENCE_S)
    except (OSError, subprocess.SubprocessError) as error:
        raise DeviceNotFound(f"{executable} does not say its version: {error}") from error
    found = re.search(r"\w+ \d[\d.]*", said)  # "Google Chrome 1.2", "Chromium 1.2 built on Debian"
    if found is None:
        raise DeviceNotFound(f"{executable} does not say its version, but: {said.strip()[:80]}")
    return found.group()


def _executable() -> str:
    """A browser that is installed; none is ever downloaded."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None and Path(_ON_MACOS).exists():
        found = _ON_MACOS
    if found is None:
        raise DeviceNotFound(
            f"no browser was found: looked for {', '.join(_NAMES)} in PATH; install Chromium or "
            "Chrome (on Debian: apt-get install chromium)"
        )
    return found
