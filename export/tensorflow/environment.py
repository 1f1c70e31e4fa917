"""The environment that has TensorFlow: where it lives, and how it is made.

TensorFlow imported before torchvision crashes the process, so neither sees the other.

`python -m irrvit.export.tensorflow.environment` makes it.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from irrvit.export.built_folder import build_once
from irrvit.export.errors import RunnerUnavailable
from irrvit.model.progress import NotifyStage

VARIABLE = "IRRVIT_TENSORFLOW_ENV"
MAKE_IT = "python -m irrvit.export.tensorflow.environment"
_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_STAMP = "made-from"


def environment() -> Path:
    """Where it lives: what the variable says, else beside the virtual environment that runs."""
    named = os.environ.get(VARIABLE)
    if named:
        return Path(named).absolute()
    if sys.prefix == sys.base_prefix:
        return Path.home() / ".cache" / "irrvit" / "tensorflow"
    return Path(sys.prefix).parent / ".venv-tensorflow"


def python(folder: Path) -> Path:
    """The interpreter of an environment."""
    return folder / "bin" / "python"


def is_current(folder: Path) -> bool:
    """Whether an environment is there, whole, and made from the present requirements."""
    stamp = folder / _STAMP
    return stamp.is_file() and stamp.read_text() == _key() and python(folder).exists()


def make_environment(progress: NotifyStage, folder: Path | None = None) -> Path:
    """Make the environment unless it is current; return its folder.

    Raises:
        RunnerUnavailable: saying what pip said.
    """
    folder = folder or environment()
    build_once(folder, lambda unfinished: _build(unfinished, progress), is_current=is_current)
    return folder


def _build(folder: Path, progress: NotifyStage) -> None:
    """Only `python -m ...` is used in it later: scripts hold the name it is built under."""
    progress("making the TensorFlow environment (1.6 GB, some minutes)")
    _call([sys.executable, "-m", "venv", str(folder)])
    pip = [str(python(folder)), "-m", "pip", "install", "--quiet"]
    _call([*pip, "--disable-pip-version-check", "-r", str(_REQUIREMENTS)])
    (folder / _STAMP).write_text(_key())
    progress("the TensorFlow environment is ready")


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = "\n".join((done.stderr or done.stdout).strip().splitlines()[-5:])
        raise RunnerUnavailable(
            f"the TensorFlow environment could not be made; {' '.join(command[1:3])} said:\n{lines}"
        )


def _key() -> str:
    return hashlib.sha256(_REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()


def main() -> None:
    """Make the environment, and say where it is."""
    try:
        made = make_environment(lambda line: print(line, file=sys.stderr))
    except RunnerUnavailable as error:
        sys.exit(f"error: {error}")
    print(made)


if __name__ == "__main__":
    main()
