"""Who judges a broken module: the tests of its own file, and then those of its room."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PASSED, NO_TEST = 0, 5
OWN = "its own tests"
_FAST = ("-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", "-m", "not slow")


@dataclass(frozen=True)
class Judge:
    """Some test files; `name` says which."""

    name: str
    files: tuple[str, ...]

    @property
    def is_own(self) -> bool:
        return self.name == OWN

    def hash(self, root: Path) -> str:
        texts = b"\0".join((root / file).read_bytes() for file in self.files)
        return hashlib.sha256(texts).hexdigest()[:16]


def of(module: str, others: Sequence[str], root: Path) -> list[Judge]:
    """`tests/<room>/test_<file>.py`, `test_<file>_*.py`; all tests of that room; other rooms'."""
    path = Path("tests") / module
    rooms = (root / folder for folder in path.parents[:-1])
    room = next((room for room in rooms if list(room.glob("test_*.py"))), root / "tests")
    own = [*room.glob(f"test_{path.stem}.py"), *room.glob(f"test_{path.stem}_*.py")]
    judges = {
        OWN: own,
        "the tests of its room": [file for file in room.glob("test_*.py") if file not in own],
        "the tests of what uses it": [
            file for other in others for file in (root / other).glob("test_*.py")
        ],
    }
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
        self._folder = folder
        self._broken: dict[Path, str] = {}
        environ = os.environ | {
            "PYTHONPATH": str(folder / ".path"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "OMP_NUM_THREADS": "1",
        }
        self._warm = subprocess.Popen(
            [sys.executable, Path(__file__).parent / "warm.py"],
            cwd=folder,
            env=environ,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def break_(self, module: str, text: str) -> None:
        """Until `mend`, the module has this text."""
        path = self._folder / module
        self._broken.setdefault(path, path.read_text())
        path.write_text(text)

    def mend(self) -> None:
        for path, text in self._broken.items():
            path.write_text(text)
        self._broken.clear()

    def judge(self, judge: Judge, limit_s: int) -> tuple[int | None, float]:
        """pytest's exit code, or None past the limit; and how long it took."""
        if not judge.files:
            return NO_TEST, 0.0
        start = time.perf_counter()
        assert self._warm.stdin is not None
        assert self._warm.stdout is not None
        self._warm.stdin.write(json.dumps([limit_s, *_FAST, "-x", *judge.files]) + "\n")
        self._warm.stdin.flush()
        code = json.loads(self._warm.stdout.readline())
        return code, time.perf_counter() - start

    def close(self) -> None:
        assert self._warm.stdin is not None
        self._warm.stdin.close()
        self._warm.wait()
