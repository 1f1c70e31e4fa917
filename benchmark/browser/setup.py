"""Building the page: what `irrvit-bench setup browser` does."""

from __future__ import annotations

import subprocess
from pathlib import Path

from irrvit.benchmark.browser.page_server import built_page, sources
from irrvit.benchmark.device import SetupProgress
from irrvit.benchmark.errors import SetupFailed


def build_page(progress: SetupProgress) -> Path:
    """Build it and return its folder.

    Raises:
        SetupFailed: what the build said.
    """
    script = sources().parent / "scripts" / "web.sh"
    progress("building the page", 0.0)
    done = subprocess.run([script], stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise SetupFailed(f"the page could not be built; {' / '.join(done.stderr.splitlines())}")
    progress("the page is built", 1.0)
    return built_page()
