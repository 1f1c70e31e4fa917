"""Who judges a broken module: the tests of its own file, and then those of its room."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

PASSED, NO_TEST = 0, 5
_FAST = ("-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-m", "not slow")


@dataclass(frozen=True)
class Judge:
    """Some test files; `name` says which."""

    name: str
    files: tuple[str, ...]

    def without(self, broken: Collection[str]) -> Judge:
        return Judge(self.name, tuple(file for file in self.files if file not in broken))

    def hash(self, root: Path) -> str:
        texts = b"\0".join((root / file).read_bytes() for file in self.files)
        return hashlib.sha256(texts).hexdigest()[:16]


def of(module: str, root: Path) -> list[Judge]:
    """`tests/<room>/test_<file>.py` and `test_<file>_*.py`, then all tests of that room."""
    path = Path("tests") / module
    rooms = (root / folder for folder in path.parents[:-1])
    room = next((room for room in rooms if list(room.glob("test_*.py"))), root / "tests")
    own = [*room.glob(f"test_{path.stem}.py"), *room.glob(f"test_{path.stem}_*.py")]
    judges = {"its own tests": own, "the tests of its room": list(room.glob("test_*.py"))}
    return [
        Judge(name, tuple(sorted(str(file.relative_to(root)) for file in files)))
        for name, files in judges.items()
        if files
    ]


class Copy:
    """A copy of the checkout in which a module may be broken; the checkout never is."""

    def __init__(self, checkout: Path, folder: Path):
        shutil.rmtree(folder, ignore_errors=True)
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=checkout, capture_output=True, check=True, text=True)
        for name in filter(None, names.stdout.split("\0")):
            if (checkout / name).is_file():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(checkout / name, folder / name)
        # Before the editable install of the checkout, `irrvit` is found here: a namespace package
        # whose folders are those of the copy.
        (folder / ".path").mkdir()
        (folder / ".path" / "irrvit").symlink_to("..")
        self.folder = folder

    def judge(self, judge: Judge, limit_s: float) -> tuple[int | None, float]:
        """pytest's exit code, or None past the limit; and how long it took."""
        if not judge.files:
            return NO_TEST, 0.0
        start = time.perf_counter()
        code, _ = self._pytest(["-x", *judge.files], limit_s)
        return code, time.perf_counter() - start

    def failing(self, files: Sequence[str], jobs: int) -> frozenset[str]:
        """Those of some test files that do not pass here."""
        workers = ["-n", str(jobs), "--dist", "worksteal", "-rfE"]
        _, said = self._pytest([*workers, *files], None)
        return frozenset(re.findall(r"^(?:FAILED|ERROR) ([^:\s]+\.py)", said, re.MULTILINE))

    def _pytest(self, arguments: Sequence[str], limit_s: float | None) -> tuple[int | None, str]:
        environ = os.environ | {
            "PYTHONPATH": str(self.folder / ".path"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *_FAST, *arguments],
            cwd=self.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        try:
            said, _ = process.communicate(timeout=limit_s)
            return process.returncode, said
        except subprocess.TimeoutExpired:
            return None, ""
        finally:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """With all that its tests started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
