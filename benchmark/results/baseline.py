"""Is it slower than it was? Measurements of this run against those of an earlier one."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from irrvit.benchmark.errors import BadOptions
from irrvit.benchmark.measurement import Measurement
from irrvit.benchmark.results import stats, store, validity
from irrvit.benchmark.results.stats import Comparison, Verdict
from irrvit.model.progress import Notify


class Gate(StrEnum):
    PASSED = "passed"
    REGRESSED = "regressed"
    CANNOT_TELL = "cannot tell"
    REFUSED = "refused"


@dataclass(frozen=True)
class Gated:
    """One measurement against its baseline; `detail` is the sentence for whoever reads it."""

    name: str
    gate: Gate
    detail: str
    comparison: Comparison | None = None


def parse_percent(text: str) -> float:
    """'5%' or '5' as a share.

    Raises:
        BadOptions: it is no percentage.
    """
    try:
        share = float(text.strip().removesuffix("%")) / 100
    except ValueError:
        share = math.nan
    if not 0 <= share < 10:
        raise BadOptions(f"--fail-above got '{text}': expected a percentage, as in 5%")
    return share


def read(path: Path, notify: Notify) -> list[Measurement]:
    """The measurements of a store or of a printed result; damaged ones are named and left out.

    Raises:
        BadStore: the file cannot be read.
        BadOptions: nothing in it can be.
    """
    loaded = store.load(path)
    for line in loaded.damaged:
        notify("baseline", line)
    if not loaded.measurements:
        why = f": {loaded.damaged[0]}" if loaded.damaged else ""
        raise BadOptions(f"{path} has no measurement to compare with{why}")
    return loaded.measurements


def gate(new: Measurement, baseline: Sequence[Measurement], *, fail_above: float) -> Gated:
    """Hold a measurement against the latest of its kind; refuse what says nothing.

    Nothing can be said of another device's measurement, nor of an invalid one on either side.
    """
    name = f"{new.variant} {new.config.runtime}"
    known = [old for old in baseline if kind(old) == kind(new)]
    here = [old for old in known if old.device.id_hash == new.device.id_hash]
    if not known:
        return Gated(name, Gate.REFUSED, "the baseline has no measurement of its kind")
    if not here:
        other = known[-1].device.name
        return Gated(name, Gate.REFUSED, f"the baseline is of another device ({other})")
    for which, one in (("this run", new), ("the baseline", here[-1])):
        if blocking := [issue for issue in validity.check(one) if issue.blocking]:
            why = f"{which} is invalid: {blocking[0].code}, {blocking[0].detail}"
            return Gated(name, Gate.REFUSED, why)
    sides = ([repeat.latencies_ms for repeat in one.repeats] for one in (new, here[-1]))
    compared = stats.compare_unpaired(*sides)
    judged, sentence = _judge(compared, fail_above), _sentence(compared)
    if judged is Gate.CANNOT_TELL:
        sentence += "; measure again, with more --repeats"
    return Gated(name, judged, sentence, compared)


def kind(measurement: Measurement) -> tuple[object, ...]:
    """Which measurements are of the same thing, on whichever device."""
    config = measurement.config
    facts = (measurement.variant, measurement.target, measurement.precision)
    return (*facts, config.runtime, config.accelerator, config.threads)


def _judge(compared: Comparison, fail_above: float) -> Gate:
    """A rise beyond the limit that may be chance is no pass: measure again."""
    if compared.ratio <= 1 + fail_above:
        return Gate.PASSED
    return Gate.REGRESSED if compared.verdict is Verdict.SLOWER else Gate.CANNOT_TELL


def _sentence(compared: Comparison) -> str:
    return (
        f"{compared.ratio:.3f} times the baseline's latency "
        f"({compared.low:.3f} to {compared.high:.3f}): {compared.in_words}"
    )
