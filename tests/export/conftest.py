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
    model = () if "--model" in arguments else ("--model", "irrvit_tiny")
    process = _start(*model, "--target", "onnx", *arguments, **options)
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


# Records of a manifest, made by hand.


def _diff(*failures, **changes):
    from irrvit.export.reports import OutputDiff

    facts = {
        "case": "coffee",
        "reference_range": 1.0,
        "max_abs": 0.0,
        "max_rel": 0.0,
        "mean_abs": 0.0,
        "cosine": 1.0,
        "sqnr_db": 313.0,
        "top1_agrees": True,
        "top5_overlap": 1.0,
        "decided": True,
        "nonfinite": 0,
    }
    return OutputDiff(**{**facts, **changes}, failures=failures)


def _report(*diffs, **changes):
    from irrvit.export.precision import Tolerance
    from irrvit.export.reports import ParityReport

    limits = Tolerance(max_rel=1e-4, min_cosine=0.99, min_sqnr_db=80, max_points_below=0.5)
    facts = {
        "artifact_sha256": "0" * 64,
        "reference": "PyTorch fp32, unfolded",
        "runner": "test",
        "tolerance": limits,
        "expected_cases": tuple(diff.case for diff in diffs),
        "host": "here",
    }
    return ParityReport(**{**facts, **changes}, diffs=diffs)


def _manifest(**changes):
    from irrvit.export import target
    from irrvit.export.manifest import FoldSummary, Manifest, Operations
    from irrvit.export.precision import Precision
    from irrvit.model.spec import InputSpec

    facts = {
        "model": "net",
        "weights": "random (seed 0)",
        "target": target.names()[0],
        "precision": Precision.FP32,
        "file": "net.bin",
        "sha256": "0" * 64,
        "size_bytes": 1,
        "macs": 1,
        "parameters": 1,
        "input": InputSpec(height=8, width=8),
        "labels": ("a", "b"),
        "fold": FoldSummary(folded={}, max_rel=0.0),
        "operations": Operations(before=1, after=1),
        "compatibility": "any",
        "toolchain": {},
        "parity": (_report(_diff()),),
        "findings": (),
        "explanation": None,
        "golden": (),
        "cache_key": "",
        "created_utc": "2026-01-01T00:00:00+00:00",
    }
    return Manifest(**{**facts, **changes})


@pytest.fixture(scope="session")
def make_diff():
    """A function of failures: a case that was compared."""
    return _diff


@pytest.fixture(scope="session")
def make_report():
    """A function of cases: a comparison of them."""
    return _report


@pytest.fixture(scope="session")
def make_manifest():
    """A function of fields: the manifest of a file that has passed, but for them."""
    return _manifest


@pytest.fixture
def put_artifact(tmp_path):
    """A function of fields: an artifact in a folder of that name, which can be opened."""
    from irrvit.export import artifact

    def put(folder="here", **changes):
        (tmp_path / folder).mkdir(parents=True)
        file = tmp_path / folder / "net.bin"
        file.write_bytes(b"a file")
        made = _manifest(sha256=artifact.content_hash(file), size_bytes=6, **changes)
        file.with_name(artifact.MANIFEST).write_text(made.model_dump_json())
        return tmp_path / folder

    return put
