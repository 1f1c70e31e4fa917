"""One small network, written in every format once a session."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from irrvit.export.tensorflow.environment import MAKE_IT, environment, is_current

_COMMAND = [sys.executable, "-m", "irrvit.export.cli"]


@dataclass(frozen=True)
class Written:
    """`irrvit_tiny` as a target wrote it, with what it was made from."""

    job: Any
    path: Path
    prepared: Any
    target: Any
    quantization: Any
    twin: Any

    def judged_pixels(self) -> Any:
        from irrvit.export.judging.twin import comparison_of

        return comparison_of(self.job, self.prepared).pixels

    def judged(self, path: Path | None = None, prepared: Any = None) -> Any:
        """What is said of the file, or of another in its place, beside the network."""
        from irrvit.export.judging.judge import judge
        from irrvit.export.judging.prepared import Written as WrittenFile

        file = WrittenFile(path or self.path, "", self.quantization, None)
        return judge(self.job, self.target, prepared or self.prepared, file, self.twin)


@pytest.fixture
def tensorflow_environment():
    """The environment of the second runner, which `make test` makes."""
    if not is_current(environment()):
        pytest.skip(f"the TensorFlow environment is missing; make it with: {MAKE_IT}")


@pytest.fixture(scope="session")
def prepared_tiny():
    from irrvit.export import pipeline
    from irrvit.export.command.options import ExportOptions, to_jobs

    return pipeline.prepare(to_jobs(ExportOptions("irrvit_tiny"))[0])


@pytest.fixture(scope="session")
def write_tiny(prepared_tiny, tmp_path_factory):
    """A function of (target, precision) that writes the small network, each file once."""
    from irrvit.export import target
    from irrvit.export.job import ExportJob
    from irrvit.export.judging.twin import write_twin
    from irrvit.export.precision import Precision
    from irrvit.export.proof.cases import batch, photographs
    from irrvit.export.target import QuantizationOptions

    written: dict[tuple[str, str], Written] = {}

    def write(name: str, precision: str = "fp32") -> Written:
        if (name, precision) not in written:
            job = ExportJob(
                model="irrvit_tiny",
                target=name,
                precision=Precision(precision),
                allow_degraded=True,
            )
            chosen = target.get(name)
            path = tmp_path_factory.mktemp(name) / f"irrvit_tiny{chosen.FACTS.suffix}"
            pictures = QuantizationOptions(batch(photographs(prepared_tiny.cases)))
            chosen.write(
                prepared_tiny.folded, prepared_tiny.source.input, job.precision, path, pictures
            )
            twin = write_twin(job, chosen, prepared_tiny, path.parent)
            used = pictures if job.is_calibrated else None
            written[name, precision] = Written(job, path, prepared_tiny, chosen, used, twin)
        return written[name, precision]

    return write


def _start(*arguments, **options):
    return subprocess.Popen(
        [*_COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def _export(*arguments, **options):
    """Run the command on the small network; return exit code, stdout and stderr."""
    process = _start("--model", "irrvit_tiny", "--target", "onnx", *arguments, **options)
    stdout, stderr = process.communicate(timeout=240)
    assert "Traceback" not in stderr
    return process.returncode, stdout, stderr


@pytest.fixture(scope="session")
def start():
    """A function that starts the command."""
    return _start


@pytest.fixture(scope="session")
def export():
    """A function that runs the command on the small network."""
    return _export


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """A folder with one good artifact, and what the command printed as JSON."""
    out = tmp_path_factory.mktemp("artifacts")
    code, stdout, _ = _export("--out", out, "--json")
    assert code == 0
    return out, json.loads(stdout)
