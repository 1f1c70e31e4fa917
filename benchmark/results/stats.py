"""From latencies to figures: percentiles, the interval of the median, drift, comparisons.

Latencies of a machine are not independent: neighbours are alike. So the bootstrap draws stretches
of neighbours, and comparisons count whole repeats, each of them a process of its own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from enum import StrEnum

import numpy as np
from pydantic import BaseModel, ConfigDict

from irrvit.benchmark.measurement import LatencySummary
from irrvit.benchmark.results import student_t

_DRAWS = 400
_BATCHES = 12
# A third of the batches at each end: their medians hold against one disturbed batch.
_THIRD = _BATCHES // 3
_CONFIDENCE = 0.99
# Two processes of one file differ by up to this much by where their memory happens to lie.
MARGIN = 0.01

Series = Sequence[Sequence[float]]


class Verdict(StrEnum):
    FASTER = "faster"
    SLOWER = "slower"
    CANNOT_TELL = "cannot tell"


class Comparison(BaseModel):
    """One artifact's time divided by another's; `low` to `high` is the 99 % interval."""

    model_config = ConfigDict(frozen=True)

    ratio: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Faster or slower only if the interval leaves out 1 and the difference the margin."""
        if self.high < 1 and self.ratio < 1 - MARGIN:
            return Verdict.FASTER
        if self.low > 1 and self.ratio > 1 + MARGIN:
            return Verdict.SLOWER
        return Verdict.CANNOT_TELL

    @property
    def in_words(self) -> str:
        """The verdict; where nothing can be told, how large a difference may be and not be seen."""
        if self.verdict is not Verdict.CANNOT_TELL:
            return str(self.verdict)
        if not math.isfinite(self.high):
            return "of one repeat nothing can be told: give more --repeats"
        hidden = max(self.high - 1, 1 - self.low)
        # Rounded up to a tenth, but for what floats add.
        tenths = max(1, math.ceil(1000 * hidden - 1e-6))
        return f"no difference above {tenths / 10:g} % could hide"


def summarize(repeats: Series, *, seed: int = 0) -> LatencySummary:
    """Percentiles of all calls; `repeats` has the latencies of each repeat in their order."""
    values = np.concatenate([np.asarray(repeat, np.float64) for repeat in repeats])
    p50, p90, p99 = np.percentile(values, [50, 90, 99])
    low, high = median_interval(repeats, seed=seed)
    return LatencySummary(
        n=len(values),
        min_ms=values.min(),
        p50_ms=p50,
        p90_ms=p90,
        p99_ms=p99,
        mean_ms=values.mean(),
        stdev_ms=values.std(ddof=1) if len(values) > 1 else 0.0,
        low_ms=low,
        high_ms=high,
    )


def median_interval(repeats: Series, *, seed: int = 0) -> tuple[float, float]:
    """95 % interval of the median by a bootstrap of stretches of neighbouring calls."""
    values = np.concatenate([np.asarray(repeat, np.float64) for repeat in repeats])
    length = _stretch(values)
    generator = np.random.default_rng(seed)
    starts = generator.integers(
        0, len(values) - length + 1, (_DRAWS, math.ceil(len(values) / length))
    )
    picks = (starts[:, :, None] + np.arange(length)).reshape(_DRAWS, -1)[:, : len(values)]
    low, high = np.percentile(np.median(values[picks], axis=1), [2.5, 97.5])
    return float(low), float(high)


def _stretch(values: np.ndarray) -> int:
    """How many neighbours are drawn together: several times as far as they resemble each other.

    Ranks, so that one call of a second does not hide how alike the others are.
    """
    ranks = values.argsort(kind="stable").argsort().astype(np.float64)
    ranks -= ranks.mean()
    spread = float(ranks @ ranks)
    alike = 1.0
    for lag in range(1, len(values) // 4):
        correlation = float(ranks[:-lag] @ ranks[lag:]) / spread
        if correlation < 0.05:
            break
        alike += 2 * correlation
    length = max(len(values) ** (1 / 3), 4 * alike)
    return int(min(length, max(1, len(values) // 8)))


def drift(latencies: Sequence[float]) -> float:
    """How much slower the end is than the beginning, as a share; 0 if that may be chance.

    Held against how much neighbouring batches differ: a step and a ramp stand out, noise does not.
    """
    if len(latencies) < 2 * _BATCHES:
        return 0.0
    batches = [np.median(part) for part in np.array_split(np.asarray(latencies), _BATCHES)]
    begin, end = np.median(batches[:_THIRD]), np.median(batches[-_THIRD:])
    noise = 1.4826 * np.median(np.abs(np.diff(batches))) / math.sqrt(2)
    return float(end / begin - 1) if abs(end - begin) > 3 * noise else 0.0


def first_and_last_minute(
    latencies_ms: Sequence[float], spent_ms: Sequence[float]
) -> tuple[float, float]:
    """Medians of the first and the last minute of calling, or of the halves of a shorter run.

    Args:
        spent_ms: how long the calls took of which each latency is the mean.
    """
    values, passed = np.asarray(latencies_ms, np.float64), np.cumsum(spent_ms)
    minute = min(60_000.0, passed[-1] / 2)
    last = values[passed > passed[-1] - minute]
    return float(np.median(values[passed <= max(minute, passed[0])])), float(np.median(last))


def outliers(latencies: Sequence[float]) -> float:
    """The share of calls that took over 1.5 times the median."""
    values = np.asarray(latencies)
    return float(np.mean(values > 1.5 * np.median(values)))


def repeat_spread(repeats: Series) -> float:
    """How much slower the slowest repeat's median is than the quickest's, as a share."""
    medians = [np.median(repeat) for repeat in repeats]
    return float(max(medians) / min(medians) - 1)


def is_stationary(blocks: Series) -> bool:
    """Whether the last three blocks of calls are alike within 3 %, or get no quicker any more."""
    if len(blocks) < 3:
        return False
    *_, first, second, third = (float(np.median(block)) for block in blocks)
    alike = max(first, second, third) <= 1.03 * min(first, second, third)
    return alike or (len(blocks) >= 6 and third >= first)


def compare_paired(ours: Sequence[Series], theirs: Sequence[Series]) -> Comparison:
    """Compare two artifacts that were measured in turn: [repeat][block][call] of each.

    Blocks of one round are divided by each other, so what disturbed both alike drops out; the
    interval comes from how the repeats differ.
    """
    ratios = [
        float(
            np.median([math.log(np.median(a) / np.median(b)) for a, b in zip(x, y, strict=False)])
        )
        for x, y in zip(ours, theirs, strict=True)
    ]
    return _interval(float(np.mean(ratios)), _variance(ratios) / len(ratios), len(ratios) - 1)


def compare_unpaired(ours: Series, theirs: Series) -> Comparison:
    """Compare two measurements of different times: latencies of each repeat.

    Welch's interval, with the degrees of freedom of the side with fewer repeats: his own are
    never fewer, so that this claims less, if anything.
    """
    a, b = ([math.log(np.median(repeat)) for repeat in series] for series in (ours, theirs))
    variances = _variance(a) / len(a), _variance(b) / len(b)
    freedom = min(len(a), len(b)) - 1
    return _interval(float(np.mean(a) - np.mean(b)), sum(variances), freedom)


def _variance(values: Sequence[float]) -> float:
    return float(np.var(values, ddof=1)) if len(values) > 1 else math.inf


def _interval(log_ratio: float, variance: float, freedom: int) -> Comparison:
    """From one repeat alone nothing can be told: the interval is everything."""
    if not math.isfinite(variance):
        return Comparison(ratio=math.exp(log_ratio), low=0.0, high=math.inf)
    half = student_t.quantile(freedom, confidence=_CONFIDENCE) * math.sqrt(variance)
    return Comparison(
        ratio=math.exp(log_ratio), low=math.exp(log_ratio - half), high=math.exp(log_ratio + half)
    )
