"""The app as `make apk` leaves it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def apk() -> Path:
    path = ROOT / "artifacts/irrvit.apk"
    if not path.exists():
        pytest.skip(f"{path} is not there: build it with make apk")
    return path


@pytest.fixture(scope="session")
def worker_jar() -> Path:
    path = ROOT / "android_app/build/worker.jar"
    if not path.exists():
        pytest.skip(f"{path} is not there: build it with android_app/build.py worker")
    return path


@pytest.fixture(autouse=True)
def _tools():
    for tool in ("aapt2", "apksigner", "dexdump", "java"):
        if shutil.which(tool) is None:
            pytest.skip(f"the program {tool} is not installed")
