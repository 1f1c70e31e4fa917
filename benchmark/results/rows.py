"""What came of one call of `irrvit-bench`, with all that is derived from the measurements."""

from __future__ import annotations

from dataclasses import dataclass, field

from irrvit.benchmark.errors import ExitCode
from irrvit.benchmark.measurement import Issue, LatencySummary, Measurement
from irrvit.benchmark.results import stats, validity
from irrvit.benchmark.results.baseline import Gate, Gated
from irrvit.benchmark.results.stats import Comparison, Verdict


@dataclass(frozen=True)
class TimedRow:
    """A measurement with what is derived from it.

    Attributes:
        first: of the same run, which the others are held against.
        against_first: its time by the first's.
    """

    measurement: Measurement
    summary: LatencySummary
    issues: list[Issue]
    first: TimedRow | None = None
    against_first: Comparison | None = None

    @property
    def is_valid(self) -> bool:
        return validity.is_valid(self.issues)

    @property
    def gmacs(self) -> float:
        """Billions of multiply-accumulates a second."""
        return self.measurement.macs / self.summary.p50_ms / 1e6

    @property
    def share_of_peak(self) -> float | None:
        """Of what the device does in a large linear layer."""
        peak = self.measurement.peak_gmacs
        return None if peak is None else self.gmacs / peak

    @property
    def verdict(self) -> Verdict | None:
        """Against the first; an invalid number is compared with nothing."""
        if self.first is None or self.against_first is None:
            return None
        both = self.is_valid and self.first.is_valid
        return self.against_first.verdict if both else Verdict.CANNOT_TELL

    @property
    def speed_against_first(self) -> float | None:
        """MACs a millisecond by the first's: a network with more of them may be faster a MAC."""
        if self.first is None or self.against_first is None:
            return None
        return self.measurement.macs / self.first.measurement.macs / self.against_first.ratio


@dataclass(frozen=True)
class UntimedRow:
    """A measurement on an emulated device: whether it is right, and nothing about time."""

    measurement: Measurement
    issues: list[Issue]

    @property
    def is_valid(self) -> bool:
        return validity.is_valid(self.issues)


@dataclass(frozen=True)
class MeasureResult:
    """What came of a run; `problems` has a sentence for each thing that was not measured."""

    rows: list[TimedRow]
    problems: dict[str, str]
    gated: list[Gated] = field(default_factory=list)
    interrupted: bool = False
    untimed: list[UntimedRow] = field(default_factory=list)

    @property
    def exit_code(self) -> ExitCode:
        """0: valid and no slower; 1: invalid, wrong or slower; 2: something was not measured."""
        gates = {gated.gate for gated in self.gated}
        if self.interrupted:
            return ExitCode.INTERRUPTED
        if self.problems or gates & {Gate.REFUSED, Gate.CANNOT_TELL}:
            return ExitCode.COULD_NOT_RUN
        rows = [*self.rows, *self.untimed]
        valid = all(row.is_valid for row in rows) and Gate.REGRESSED not in gates
        return ExitCode.PASSED if valid else ExitCode.FAILED


def to_timed_rows(measurements: list[Measurement]) -> list[TimedRow]:
    """Those that were timed; the first of a run is what its others are held against, in pairs."""
    rows: list[TimedRow] = []
    firsts: dict[str, TimedRow] = {}
    for measurement in filter(_is_timed, measurements):
        series = [repeat.latencies_ms for repeat in measurement.repeats]
        summary = stats.summarize(series, seed=measurement.config.seed)
        first = firsts.get(measurement.run_id)
        compared = None if first is None else _compare(measurement, first.measurement)
        row = TimedRow(measurement, summary, validity.check(measurement), first, compared)
        rows.append(row)
        firsts.setdefault(measurement.run_id, row)
    return rows


def to_untimed_rows(measurements: list[Measurement]) -> list[UntimedRow]:
    """Those that were not timed."""
    return [UntimedRow(m, validity.check(m)) for m in measurements if not _is_timed(m)]


def _is_timed(measurement: Measurement) -> bool:
    return bool(measurement.repeats)


def _compare(ours: Measurement, theirs: Measurement) -> Comparison | None:
    """None where a Ctrl-C left them with unlike repeats."""
    if len(ours.repeats) != len(theirs.repeats):
        return None
    sides = [[repeat.blocks_ms for repeat in m.repeats] for m in (ours, theirs)]
    return stats.compare_paired(*sides)
