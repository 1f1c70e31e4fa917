"""The records of what came of comparing a written file with its network."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from irrvit.export.precision import Tolerance
from irrvit.model.outputs import LOGITS

NOTHING_COMPARED = "nothing was compared"


class Record(BaseModel):
    # A candidate that cannot be compared has an infinite error: JSON has no number for it.
    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class OutputDiff(Record):
    """One output in one case, reference against candidate; differences in float64.

    Attributes:
        output: its name.
        reference_range: largest minus smallest reference value.
        max_rel: the largest difference, relative to the largest reference value.
        spread_rel: the same relative to what decides (`irrvit.export.proof.spread`), which is what
            the tolerance is about; files written before say nothing about it.
        top1_agrees, top5_overlap: of classes; None of anything else.
        decided: whether the reference decides anything by more than the tolerance allows to err.
        alike: the share of what is decided that both decide alike: the class, the classes of all
            places, the nearest other case of an embedding; None where nothing is.
        failures: one sentence per broken limit; empty means passed.
    """

    case: str
    output: str = LOGITS
    reference_range: float
    max_abs: float
    max_rel: float
    spread_rel: float | None = None
    mean_abs: float
    cosine: float
    sqnr_db: float
    top1_agrees: bool | None
    top5_overlap: float | None
    decided: bool
    alike: float | None = None
    nonfinite: int
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures


class ParityReport(Record):
    """Every output of one candidate in every case.

    Attributes:
        tolerance: of several outputs, the widest.
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
        several = len({d.output for d in self.diffs}) > 1
        return tuple(
            f"{d.case}: {f'{d.output}: ' if several else ''}{f}"
            for d in self.diffs
            for f in d.failures
        )

    @property
    def compared_nothing(self) -> bool:
        """Whether it failed because the reference says nothing that could be compared."""
        return any(failure.endswith(NOTHING_COMPARED) for failure in self.all_failures)


class Meaning(Record):
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


class Rounding(Record):
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


class Decisions(Record):
    """What a file decides about the sample photographs, against what PyTorch decides.

    Attributes:
        changed: photographs of which it says something else.
        close: likewise, but PyTorch itself hardly prefers one of the two.
    """

    photographs: int
    changed: tuple[str, ...] = ()
    close: tuple[str, ...] = ()
