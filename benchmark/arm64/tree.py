"""The ARM64 tree: a Debian and the runtimes' own ARM64 packages, which qemu runs as they are.

qemu's user emulation looks for every file below the tree first (`-L`) and on this machine then, so
that nothing is installed, nobody has to be root, and no file has to be brought there.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from irrvit.benchmark.errors import RuntimeUnavailable

VARIABLE = "IRRVIT_ARM64_TREE"
SUITE, PYTHON = "bookworm", "3.11"  # This Debian's own Python.
CPU = "cortex-a76"
SITE = "site-packages"
STAMP = "made-from"
_REVISION = "1"  # Of the recipe: raised when trees are to be built again.
_PACKAGES = ("numpy", "ai-edge-litert", "onnxruntime", "onnx")
# To the tree's Python the package `irrvit` is the folder that `benchmark` lies in, and no more.
_START = """
import sys, types
site, folder = sys.argv[1:]
sys.path.append(site)
irrvit = sys.modules["irrvit"] = types.ModuleType("irrvit")
irrvit.__path__ = [folder]
sys.dont_write_bytecode = True
from irrvit.benchmark.worker import process
process.main()
"""


def folder() -> Path:
    """Where the tree lives: what the variable says, else in the user's cache."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).absolute()
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache).absolute() / "irrvit" / "arm64"


def is_current(tree: Path) -> bool:
    """Whether a tree is there, whole, and has the versions of this machine's packages."""
    stamp = tree / STAMP
    return stamp.is_file() and stamp.read_text() == key()


def key() -> str:
    """What decides how a tree turns out."""
    facts = (_REVISION, SUITE, PYTHON, *requirements())
    return hashlib.sha256(" ".join(facts).encode()).hexdigest()


def requirements() -> list[str]:
    """The packages of the tree as pip takes them: of the same versions as here.

    Raises:
        RuntimeUnavailable: one is not installed here.
    """
    try:
        return [f"{name}=={version(name)}" for name in _PACKAGES]
    except PackageNotFoundError as error:
        raise RuntimeUnavailable(
            f"the package {error.name} is not installed, and what runs on arm64 is held against "
            'it: pip install "irrvit-mobile[tflite,onnx]"'
        ) from error


def qemu() -> str | None:
    """The emulator, under the name that Debian gives the static one or under its own."""
    return shutil.which("qemu-aarch64-static") or shutil.which("qemu-aarch64")


def python(tree: Path) -> list[str]:
    """The command of the tree's Python, which sees no package and no setting of this machine."""
    emulator = qemu()
    assert emulator is not None
    return [emulator, "-L", str(tree), "-cpu", CPU, str(tree / "usr/bin/python3"), "-I", "-S"]


def worker_command(tree: Path) -> list[str]:
    """The command that starts `irrvit.benchmark.worker.process` in the tree."""
    return [*python(tree), "-c", _START, str(tree / SITE), str(Path(__file__).parents[2])]
