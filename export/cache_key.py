"""The hash that says when a file was written already: of all that decides it, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path

from irrvit.export.job import ExportJob
from irrvit.export.toolchain import deciding
from irrvit.model import sources
from irrvit.model.files import code_hash
from irrvit.model.sources.find import DECIDING_CODE

_ROOT = Path(__file__).parent
# What writes a file, looks at it and describes it, for every format. Not `command/`, `cli` and
# what else people see; not what judges a written file on labelled pictures later.
_ALWAYS = (
    "artifact.py",
    "cases",
    "content.py",
    "converting.py",
    "facts.py",
    "job.py",
    "judging",
    "manifest.py",
    "reports.py",
    "pipeline.py",
    "pixels.py",
    "precision.py",
    "proof/cases.py",
    "proof/compare.py",
    "proof/comparison.py",
    "proof/deciding.py",
    "proof/explain.py",
    "proof/fewer_bits.py",
    "proof/float32.py",
    "proof/golden.py",
    "proof/meaning.py",
    "proof/numbers.py",
    "proof/operations.py",
    "proof/overflow.py",
    "proof/parity.py",
    "proof/reference.py",
    "proof/rounding.py",
    "proof/spread.py",
    "proof/storage.py",
    "quantization/palette.py",
    "rewriting",
    "target.py",
    "toolchain.py",
)
_TENSORFLOW = ("tensorflow/run_tflite.py", "tensorflow/runner.py", "tensorflow/requirements.txt")
# Counts the network's multiply-accumulates, which the file's are held against.
_MODEL = ("macs.py",)


def cache_key(job: ExportJob) -> str:
    """A hash of all that decides what would be written: nothing changed, nothing to do."""
    facts = {
        "weights": sources.fingerprint(job.model, job.checkpoint),
        "job": job.model_dump(mode="json", exclude={"checkpoint", "explain", "calibration"}),
        "calibration": job.calibration.fingerprint() if job.is_calibrated else "",
        "packages": deciding(job.target),
        "code": [code_hash(*deciding_code(job), root=_ROOT), code_hash(*_MODEL)],
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def versions(jobs: Iterable[ExportJob]) -> dict[str, str]:
    """What has to be the same where the same files are to be written: packages, and our code."""
    jobs = list(jobs)
    packages = {name: v for job in jobs for name, v in deciding(job.target).items()}
    parts = sorted({part for job in jobs for part in deciding_code(job)})
    code = [code_hash(*parts, root=_ROOT), code_hash(*_MODEL), code_hash(*DECIDING_CODE)]
    own = hashlib.sha256("".join(code).encode()).hexdigest()[:12]
    return packages | {"irrvit-mobile": f"{version('irrvit-mobile')} (code {own})"}


def deciding_code(job: ExportJob, root: Path = _ROOT) -> list[str]:
    """The files and folders of `export/` that decide what comes of a job."""
    parts = [*_ALWAYS, f"targets/{job.target}.py"]
    if (root / job.target).is_dir():
        parts.append(job.target)
    if job.is_calibrated:
        parts.append("quantization")
    if job.tensorflow:
        parts += _TENSORFLOW
    return parts
