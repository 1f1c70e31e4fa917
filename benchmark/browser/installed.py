"""The browser of this machine, and the command that runs a file in it."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from pathlib import Path

from irrvit.benchmark.browser.page_server import built_page
from irrvit.benchmark.errors import DeviceNotFound, RuntimeUnavailable, one_line

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
_PATIENCE_S = 20


def executable() -> str:
    """A browser that is installed; none is ever downloaded."""
    path = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if path is None and Path(_ON_MACOS).exists():
        path = _ON_MACOS
    if path is None:
        raise DeviceNotFound(
            f"no browser was found: looked for {', '.join(_NAMES)} in PATH; install Chromium or "
            "Chrome (on Debian: apt-get install chromium)"
        )
    return path


def version(executable: str) -> str:
    """Its name and version, as in `Chromium 156.0.8078.79`; DeviceNotFound if it has none."""
    try:
        said = subprocess.check_output([executable, "--version"], timeout=_PATIENCE_S)
    except (OSError, subprocess.SubprocessError) as error:
        raise DeviceNotFound(f"{executable} does not say its version: {error}") from error
    output = one_line(said.decode(errors="replace"))
    found = version_in(output)
    if found is None:
        raise DeviceNotFound(f"{executable} does not say its version, but: {output[:80]}")
    return found


def version_in(output: str) -> str | None:
    """In `Google Chrome 1.2`, `Chromium 1.2 built on Debian`: a word of its name, and a number."""
    match = re.search(r"\w{1,40} \d[\d.]{0,40}", output)
    return match.group() if match else None


def worker_command(accelerator: str) -> list[str]:
    """The command that starts `irrvit.benchmark.browser.worker`.

    Raises:
        DeviceNotFound: there is no browser.
        RuntimeUnavailable: the page is not built, or the library that drives browsers is missing.
    """
    built_page()
    if importlib.util.find_spec("playwright") is None:
        raise RuntimeUnavailable(
            "the package playwright is not installed, and browsers are driven by it: "
            'pip install "irrvit-mobile[browser]"'
        )
    command = [sys.executable, "-P", "-m", "irrvit.benchmark.browser.worker"]
    return [*command, executable(), accelerator]
