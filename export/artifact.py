"""The written file and its manifest: the records, and how they are read back.

A manifest lies beside its file and says all that an app or a harness may want to know about it.
"""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from irrvit.export import target
from irrvit.export.errors import BadArtifact
from irrvit.export.target import Precision, Runner, Tolerance
from irrvit.model.spec import InputSpec

MANIFEST = "manifest.json"


class _Record(BaseModel):
    # A candidate that cannot be compared has an infinite error: JSON has no number for it.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class OutputDiff(_Record):
    """One case, reference against candidate; differences in float64, relative to the case's range.

    Attributes:
        reference_range: largest minus smallest reference logit.
        decided: whether the reference's first class leads by more than the tolerance allows to err.
        failures: one sentence per broken limit; empty means passed.
    """

    case: str
    reference_range: float
    max_abs: float
    max_rel: float
    mean_abs: float
    cosine: float
    sqnr_db: float
    top1_agrees: bool
    top5_overlap: float
    decided: bool
    nonfinite: int
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures


class ParityReport(_Record):
    """Every case of one candidate.

    Attributes:
        failures: what is wrong with the comparison as a whole (a case missing, agreement too low).
    """

    artifact_sha256: str
    reference: str
    runner: str
    tolerance: Tolerance
    expected_cases: tuple[str, ...]
    diffs: tuple[OutputDiff, ...]
    failures: tuple[str, ...] = ()
    host: str

    @property
    def passed(self) -> bool:
        """Nothing failed, and something was compared."""
        return bool(self.diffs) and not self.failures and all(d.passed for d in self.diffs)


class GoldenCase(_Record):
    """A picture that comes with the package, and what the reference says about it.

    Attributes:
        picture: file name under `export/cases/`.
        top5: class indices, best first; `logits` are theirs.
    """

    picture: str
    picture_sha256: str
    top5: tuple[int, ...]
    logits: tuple[float, ...]


class FoldSummary(_Record):
    """What was folded, and how far the folded network is from the unfolded one in float64."""

    folded: dict[str, int]
    max_rel: float


class Operations(_Record):
    """Operations of the written file, had the unfolded network been written, and as it is."""

    before: int
    after: int


class Manifest(_Record):
    """All that is known about one written file; `sha256` ties the two together."""

    schema_version: int = 1
    model: str
    weights: str
    target: str
    precision: Precision
    file: str
    sha256: str
    size_bytes: int
    macs: int
    parameters: int
    input: InputSpec
    labels: tuple[str, ...]
    fold: FoldSummary
    operations: Operations
    compatibility: str
    toolchain: dict[str, str]
    parity: tuple[ParityReport, ...]
    findings: tuple[str, ...]
    explanation: str | None
    golden: tuple[GoldenCase, ...]
    cache_key: str
    created_utc: str

    @property
    def passed(self) -> bool:
        return bool(self.parity) and all(report.passed for report in self.parity)


def content_hash(path: Path) -> str:
    """sha256 of a file, or of a folder's relative names and contents in sorted order."""
    if path.is_file():
        return _file_hash(path)
    digest = hashlib.sha256()
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        digest.update(f"{file.relative_to(path).as_posix()}\0{_file_hash(file)}\n".encode())
    return digest.hexdigest()


def _file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content_size(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [p for p in path.rglob("*") if p.is_file()]
    return sum(file.stat().st_size for file in files)


class Artifact:
    """A written file that has been checked against its manifest.

    Attributes:
        path: the model file (or the `.mlpackage` folder).
        manifest: all that is known about it.
    """

    def __init__(self, path: Path, manifest: Manifest):
        self.path, self.manifest = path, manifest

    @cached_property
    def runner(self) -> Runner:
        """The file in the runtime of its format, loaded at first use."""
        return target.get(self.manifest.target).load(self.path)

    def run(self, pixels: np.ndarray) -> np.ndarray:
        """Raw RGB pixels 0..255, uint8 or float (N, H, W, 3) -> logits, float32 (N, classes)."""
        spec = self.manifest.input
        if pixels.ndim != 4 or pixels.shape[1:] != (spec.height, spec.width, 3) or not len(pixels):
            raise BadArtifact(
                f"pixels of shape {pixels.shape} do not fit {self.path.name}: expected "
                f"(N, {spec.height}, {spec.width}, 3) as irrvit.model.spec.preprocess makes them"
            )
        return self.runner.run(pixels.astype(np.float32))


def read_manifest(folder: Path) -> Manifest:
    """Read and validate the manifest in a folder.

    Raises:
        BadArtifact: there is none, or a field is missing or wrong; the field is named.
    """
    path = folder / MANIFEST
    try:
        return Manifest.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadArtifact(f"no manifest can be read at {path}: {error.strerror}") from error
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "the text"
        raise BadArtifact(
            f"{path} is not a manifest of this version: {field}: {first['msg']}; export again"
        ) from error


def open(path: Path | str) -> Artifact:
    """Open an artifact by its folder, its manifest or its model file, and check its hash.

    Raises:
        BadArtifact: something is missing, or the file is not the one that its manifest describes.
    """
    path = Path(path)
    if not path.exists():
        raise BadArtifact(f"{path} does not exist; irrvit-export writes artifacts")
    is_folder = path.is_dir() and (path / MANIFEST).exists()
    folder = path if is_folder else path.parent
    manifest = read_manifest(folder)
    file = folder / manifest.file
    if not is_folder and path.name not in (MANIFEST, manifest.file):
        raise BadArtifact(f"{path} is not the file that {folder / MANIFEST} describes ({file})")
    if not file.exists():
        raise BadArtifact(f"{file} is missing, its manifest is there; export again")
    found = content_hash(file)
    if found != manifest.sha256:
        raise BadArtifact(
            f"{file} is not the file that its manifest describes: sha256 is {found[:12]}..., "
            f"expected {manifest.sha256[:12]}...; export again"
        )
    return Artifact(file, manifest)
