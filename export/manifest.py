"""The records of a manifest: all that is known about a written file, and all that apps may read."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, PositiveInt, StringConstraints

from irrvit.export.precision import Precision, Tolerance
from irrvit.model.spec import InputSpec

# In the manifest's own folder, or beside the pictures: it becomes part of a path and of an address.
FileName = Annotated[str, StringConstraints(pattern=r"^\.*[\p{L}\p{N}_+-][\p{L}\p{N}_.+-]*$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

NOTHING_COMPARED = "nothing was compared"


class _Record(BaseModel):
    # A candidate that cannot be compared has an infinite error: JSON has no number for it.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class OutputDiff(_Record):
    """One case, reference against candidate; differences in float64, relative to the case's range.

    Attributes:
        reference_range: largest minus smallest reference logit.
        max_rel: the largest difference, relative to the largest reference logit.
        spread_rel: the same relative to what decides (`irrvit.export.proof.spread`), which is what
            the tolerance is about; files written before say nothing about it.
        decided: whether the reference's first class leads by more than the tolerance allows to err.
        failures: one sentence per broken limit; empty means passed.
    """

    case: str
    reference_range: float
    max_abs: float
    max_rel: float
    spread_rel: float | None = None
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
        failures: what is wrong with the comparison as a whole, such as a case that is missing.
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

    @property
    def all_failures(self) -> tuple[str, ...]:
        """Of the report and of its cases, each with its name."""
        return (*self.failures, *self.case_failures)

    @property
    def case_failures(self) -> tuple[str, ...]:
        return tuple(f"{d.case}: {f}" for d in self.diffs for f in d.failures)

    @property
    def compared_nothing(self) -> bool:
        """Whether it failed because the reference says nothing that could be compared."""
        return any(failure.endswith(NOTHING_COMPARED) for failure in self.all_failures)


class Meaning(_Record):
    """A file's graph and numbers without rounding, against the float32 file of the same conversion.

    Attributes:
        constants: numbers that were compared one by one.
        max_rel: largest difference of any output, relative to what decides.
    """

    constants: int
    max_rel: float
    limit: float
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures


class Rounding(_Record):
    """What rounding does to a file's outputs, relative to what decides, and what explains it.

    Attributes:
        measured: the file as its runtime computes it, against its graph without rounding.
        explained: what the same roundings cost where they are applied to the network itself.
    """

    measured: float
    explained: float
    limit: float
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures


class Decisions(_Record):
    """What a file says the sample photographs are, against what PyTorch says.

    Attributes:
        changed: photographs of which it says something else.
        close: likewise, but PyTorch itself hardly prefers one of the two.
    """

    photographs: int
    changed: tuple[str, ...] = ()
    close: tuple[str, ...] = ()


class GoldenCase(_Record):
    """A picture that comes with the package, and what the reference says about it.

    Attributes:
        picture: file name under `export/cases/`.
        top5: class indices, best first; `logits` are theirs.
    """

    picture: FileName
    picture_sha256: Sha256
    top5: tuple[int, ...]
    logits: tuple[float, ...]


class FoldSummary(_Record):
    """What was folded, and how far the folded network is from the unfolded one in float64."""

    folded: dict[str, int]
    max_rel: float


class Accuracy(_Record):
    """Decisions on a labelled set of pictures.

    Attributes:
        right, reference_right: pictures that the file, and PyTorch, named as the label does.
        low, high: 95 % interval of the file's share of right ones.
        same_decisions: pictures for which both named the same class.
    """

    data: str
    data_sha256: str
    pictures: PositiveInt
    right: int
    low: float
    high: float
    reference_right: int
    same_decisions: int

    def is_within(self, tolerance: Tolerance) -> bool:
        """Whether the file loses no more points of top-1 than it may."""
        lost = 100 * (self.reference_right - self.right) / self.pictures
        return lost <= tolerance.max_points_below


class Calibration(_Record):
    """The pictures on which the ranges of a quantized file were found; drawn with a fixed seed.

    Attributes:
        sha256: of their pixels as the network eats them.
    """

    data: str
    pictures: PositiveInt
    sha256: str


class ModuleLoss(_Record):
    """How far the logits are from those in float when one module alone is in 8 bits.

    Attributes:
        keep_float: whether it is worth leaving as it is, with --keep-float.
    """

    module: str
    sqnr_db: float
    keep_float: bool


class Delegation(_Record):
    """Who computes the operations of a file on this machine's CPU.

    Attributes:
        partitions: runs of operations that the delegate took; between two of them values change
            hands.
        left_out: operations that it did not take, with their modules.
    """

    nodes: int
    partitions: int
    left_out: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the delegate computes the whole network at once."""
        return self.partitions == 1 and not self.left_out


class Operations(_Record):
    """Operations of the written file, had the unfolded network been written, and as it is.

    Attributes:
        before: None where nobody asked for it: it takes one more conversion.
    """

    before: int | None
    after: int


class Manifest(_Record):
    """All that is known about one written file; `sha256` ties the two together.

    Attributes:
        failures: one sentence per check other than parity that ran and failed.
    """

    schema_version: Literal[1] = 1
    model: str
    weights: str
    target: str
    precision: Precision
    file: FileName
    sha256: Sha256
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
    accuracy: tuple[Accuracy, ...] = ()
    calibration: Calibration | None = None
    delegation: Delegation | None = None
    losses: tuple[ModuleLoss, ...] = ()
    failures: tuple[str, ...] = ()
    meaning: Meaning | None = None
    rounding: Rounding | None = None
    decisions: Decisions | None = None
    cache_key: str
    created_utc: str

    @property
    def is_same_network(self) -> bool:
        """Whether all that compares the file with the network passed."""
        same = bool(self.parity) and all(report.passed for report in self.parity)
        judged = [check.passed for check in (self.meaning, self.rounding) if check is not None]
        return same and all(judged)

    @property
    def passed(self) -> bool:
        return self.is_same_network and not self.failures

    @property
    def verdict(self) -> str:
        """In a word or two: what may be said of the file beside the network."""
        if any(report.compared_nothing for report in self.parity):
            return "not compared"
        if not self.is_same_network:
            return "DIFFERS"
        if self.decisions is None:
            return "same"
        changed = len(self.decisions.changed)
        return f"{changed} of {self.decisions.photographs} changed" if changed else "same decisions"

    @property
    def is_accurate(self) -> bool:
        """On every labelled set that it was tried on; also if there was none."""
        return all(known.is_within(self.parity[0].tolerance) for known in self.accuracy)
