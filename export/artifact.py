"""The written file and its manifest: the records, and how they are read back.

A manifest lies beside its file and says all that an app or a harness may want to know about it.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from irrvit.export.target import Precision, Tolerance
from irrvit.model.spec import InputSpec

MANIFEST = "manifest.json"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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
