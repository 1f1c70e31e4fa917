"""What is asked for: one network into one file; and the hash that says when it was done already."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import re
from pathlib import Path

from packaging.requirements import Requirement
from pydantic import BaseModel, ConfigDict

from irrvit.export.precision import Precision
from irrvit.export.quantization.calibration import CalibrationPictures
from irrvit.model import sources

_DISTRIBUTION = "irrvit-mobile"


class ExportJob(BaseModel):
    """One file to write.

    Attributes:
        model, checkpoint, mean, std, labels: as `irrvit.model.sources.load` takes them.
        tensorflow: also run a `.tflite` with TensorFlow's own interpreter.
        explain: when parity fails, find the layer that departs.
        calibration: for int8.
        keep_float: modules that an int8 file leaves as they are.
        sensitivity: also measure what each module loses alone.
        require_delegated: an operation that the delegate leaves out is a failure.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    checkpoint: Path | None = None
    mean: tuple[float, float, float] | None = None
    std: tuple[float, float, float] | None = None
    labels: tuple[str, ...] | None = None
    target: str
    precision: Precision
    tensorflow: bool = False
    explain: bool = False
    calibration: CalibrationPictures = CalibrationPictures()
    keep_float: tuple[str, ...] = ()
    sensitivity: bool = False
    require_delegated: bool = False

    @property
    def name(self) -> str:
        """The folder of this file below the model's: target and precision."""
        return f"{self.target}-{self.precision}"

    @property
    def is_calibrated(self) -> bool:
        """Whether pictures decide what is written."""
        return self.precision is Precision.INT8 and self.target != "coreml"

    @property
    def file_stem(self) -> str:
        """The model's name as a file name; nobody reads a fact back out of it."""
        name = Path(self.model).stem if self.model.endswith(".pt2") else self.model
        return re.sub(r"[^\w.+-]", "_", name)


def cache_key(job: ExportJob) -> str:
    """A hash of all that decides what would be written: nothing changed, nothing to do."""
    facts = {
        "weights": sources.fingerprint(job.model, job.checkpoint),
        "job": job.model_dump(mode="json", exclude={"checkpoint", "explain", "calibration"}),
        "calibration": job.calibration.fingerprint() if job.is_calibrated else "",
        "toolchain": toolchain(job.target),
        "code": _code_hash(),
    }
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def toolchain(extra: str) -> dict[str, str]:
    """Versions of the packages that the project declares for an extra, and of those it always has.

    Extras bear the name of their target, so that nothing has to be imported to know this.
    """
    versions = {"python": platform.python_version()}
    for line in importlib.metadata.requires(_DISTRIBUTION) or ():
        requirement = Requirement(line)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": extra})
        if wanted:
            versions[requirement.name] = _version(requirement.name)
    return versions


def _version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def _code_hash() -> str:
    """The exporter's own code and pictures; `sources.fingerprint` has the network's."""
    digest = hashlib.sha256()
    files = (p for p in Path(__file__).parent.rglob("*") if p.is_file())
    for file in sorted(p for p in files if "__pycache__" not in p.parts):
        digest.update(file.read_bytes())
    return digest.hexdigest()
