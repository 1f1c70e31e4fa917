"""A `.tflite` file run by TensorFlow, in a process and an environment of its own."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from irrvit.export.errors import RunnerUnavailable
from irrvit.export.pixels import Outputs, together
from irrvit.export.tensorflow.environment import MAKE_IT, environment, is_current, python

_SCRIPT = Path(__file__).with_name("run_tflite.py")


@dataclass
class TensorFlowRunner:
    """See `irrvit.export.target.Runner`.

    Every call is a process, most of whose seconds go into importing TensorFlow: pass all pictures
    in one call.
    """

    path: Path
    folder: Path
    timeout_s: float = 300
    name: str = "tensorflow"

    def run(self, pixels: np.ndarray) -> Outputs:
        """See `irrvit.export.target.Runner`.

        Raises:
            RunnerUnavailable: TensorFlow refused the file, crashed, or took too long.
        """
        with tempfile.TemporaryDirectory(prefix="irrvit-tensorflow-") as scratch:
            asked, answered = Path(scratch, "pixels.npy"), Path(scratch, "outputs.npz")
            np.save(asked, pixels)
            self._call([str(self.path.absolute()), str(asked), str(answered)])
            with np.load(answered) as read:
                by_picture = [
                    {name: read[name][i] for name in read.files} for i in range(len(pixels))
                ]
            return together(by_picture)

    def _call(self, arguments: list[str]) -> None:
        # -I: neither the caller's PYTHONPATH nor the script's own folder is searched.
        command = [str(python(self.folder)), "-I", str(_SCRIPT), *arguments]
        quiet = os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2"}
        try:
            done = subprocess.run(
                command, env=quiet, capture_output=True, timeout=self.timeout_s, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise RunnerUnavailable(
                f"TensorFlow did not finish {self.path.name} in {self.timeout_s:g} s"
            ) from error
        if done.returncode:
            lines = done.stderr.decode(errors="replace").strip().splitlines()
            last = lines[-1] if lines else f"it ended with {done.returncode}"
            raise RunnerUnavailable(f"TensorFlow could not run {self.path.name}: {last}")


def load(path: Path) -> TensorFlowRunner:
    """Make ready to run a file by TensorFlow.

    Raises:
        RunnerUnavailable: there is no current environment; says how to make it.
    """
    folder = environment()
    if not is_current(folder):
        state = "out of date or unfinished" if folder.exists() else "missing"
        raise RunnerUnavailable(
            f"the TensorFlow environment {folder} is {state}; make it with: {MAKE_IT}"
        )
    return TensorFlowRunner(path, folder)
