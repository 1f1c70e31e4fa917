"""The records of a manifest: all that is known about a written file, and all that apps may read."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import PositiveFloat, PositiveInt, StringConstraints
from pydantic import model_validator as validates

from irrvit.export.precision import Precision, Tolerance
from irrvit.export.reports import Decisions, Meaning, ParityReport, Record, Rounding
from irrvit.model.outputs import Output, Task, classifier_outputs
from irrvit.model.spec import InputSpec

# In the manifest's own folder, or beside the pictures: it becomes part of a path and of an address.
FileName = Annotated[str, StringConstraints(pattern=r"^\.*[\p{L}\p{N}_+-][\p{L}\p{N}_.+-]*$")]
Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class GoldenSample(Record):
    """Some numbers of an output.

    Attributes:
        indices: where they stand in the output, as if it had one axis.
        scale: what decides in this output; a tolerance is a share of it.
    """

    output: str
    indices: tuple[int, ...]
    values: tuple[float, ...]
    scale: float


class GoldenCase(Record):
    """A picture that comes with the package, and what the reference says about it.

    Attributes:
        picture: file name under `export/cases/`.
        top5: of a classifier, class indices, best first; `logits` are theirs.
        scale: what decides in the logits; a tolerance is a share of it. Files written before say
            nothing about it.
        samples: of any other network, some numbers of each output.
    """

    picture: FileName
    picture_sha256: Sha256
    top5: tuple[int, ...]
    logits: tuple[float, ...]
    scale: PositiveFloat | None = None
    samples: tuple[GoldenSample, ...] = ()

    @validates(mode="after")
    def _has_logits(self) -> GoldenCase:
        if len(self.top5) != len(self.logits):
            raise ValueError("expected one logit for each class of top5")
        return self


class FoldSummary(Record):
    """What was folded, and how far the folded network is from the unfolded one in float64."""

    folded: dict[str, int]
    max_rel: float


class Accuracy(Record):
    """Decisions on a labelled set of pictures.

    Attributes:
        naming: how the pictures' classes were found among the network's, in words.
        right, reference_right: pictures that the file, and PyTorch, named as the label does.
        low, high: 95 % interval of the file's share of right ones.
        same_decisions: pictures for which both named the same class.
    """

    data: str
    data_sha256: str
    naming: str = "named by the network's labels"
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


class Calibration(Record):
    """The pictures on which the ranges of a quantized file were found; drawn with a fixed seed.

    Attributes:
        sha256: of their pixels as the network eats them.
    """

    data: str
    pictures: PositiveInt
    sha256: str


class ModuleLoss(Record):
    """How far the logits are from those in float when one module alone is in 8 bits.

    Attributes:
        keep_float: whether it is worth leaving as it is, with --keep-float.
    """

    module: str
    sqnr_db: float
    keep_float: bool


class Delegation(Record):
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


class Operations(Record):
    """Operations of the written file, had the unfolded network been written, and as it is.

    Attributes:
        before: None where nobody asked for it: it takes one more conversion.
    """

    before: int | None
    after: int


class Manifest(Record):
    """All that is known about one written file; `sha256` ties the two together.

    Attributes:
        outputs: in the order in which the file has them; files written before say nothing about
            it, and are classifiers.
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
    task: Task = Task.CLASSIFICATION
    outputs: tuple[Output, ...]
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

    @validates(mode="before")
    @classmethod
    def _written_before(cls, fields: Any) -> Any:
        """Fill in what a manifest from before networks had outputs of any shape means."""
        if not isinstance(fields, dict) or "outputs" in fields:
            return fields
        labels = fields.get("labels")
        classes = len(labels) if isinstance(labels, list | tuple) else 0
        return {**fields, "outputs": classifier_outputs(classes)}

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
        if self.decisions is None:  # Of float32, or of what decides nothing.
            return "same" if self.rounding is None else "within rounding"
        changed = len(self.decisions.changed)
        return f"{changed} of {self.decisions.photographs} changed" if changed else "same decisions"

    @property
    def is_accurate(self) -> bool:
        """On every labelled set that it was tried on; also if there was none."""
        return all(known.is_within(self.parity[0].tolerance) for known in self.accuracy)
