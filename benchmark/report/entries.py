"""Measurements as they are shown together on a page: numbered, by device, with their axes. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from irrvit.benchmark.measurement import DeviceInfo, Measurement, RunConfig
from irrvit.benchmark.report import charts
from irrvit.benchmark.report.charts import Axis, Label, Outline
from irrvit.benchmark.results.rows import TimedRow, UntimedRow


@dataclass(frozen=True)
class Entry:
    """A measurement on the page, known by its number there."""

    number: int
    row: TimedRow | UntimedRow

    @property
    def measurement(self) -> Measurement:
        return self.row.measurement

    @property
    def verdict(self) -> str:
        wrong = any(issue.code == "wrong-output" for issue in self.row.issues)
        return "valid" if self.row.is_valid else "wrong" if wrong else "invalid"

    @property
    def mmacs(self) -> float:
        """Millions of multiply-accumulates; never 0, which no logarithm has."""
        return max(1, self.measurement.macs) / 1e6


@dataclass(frozen=True)
class TimedEntry(Entry):
    """One whose times say something about its device."""

    row: TimedRow

    @property
    def uncertainty(self) -> float:
        """Half the 95 % interval of the median, as a share of it."""
        summary = self.row.summary
        return (summary.high_ms - summary.low_ms) / 2 / summary.p50_ms

    @cached_property
    def time_axis(self) -> Axis:
        """For all its calls, without the slowest hundredth, beside which no drift would be seen."""
        summary = self.row.summary
        return Axis(summary.min_ms, max(summary.p99_ms, 1.1 * summary.p50_ms), ())

    @cached_property
    def outline(self) -> Outline:
        return charts.outline([r.latencies_ms for r in self.measurement.repeats], self.time_axis)


@dataclass(frozen=True)
class PeakLine:
    """What a device does at best in a runtime; `points` of a 100 x 100 box, y downwards."""

    runtime: str
    gmacs: float
    points: str


@dataclass(frozen=True)
class Setting:
    """What can be shown together: measurements of one device with one number of threads."""

    device: DeviceInfo
    config: RunConfig
    entries: tuple[Entry, ...]

    @property
    def timed(self) -> list[TimedEntry]:
        return [entry for entry in self.entries if isinstance(entry, TimedEntry)]

    @cached_property
    def latency_axis(self) -> Axis:
        return charts.linear_axis(max(e.row.summary.p90_ms for e in self.timed))

    @cached_property
    def macs_axis(self) -> Axis:
        macs = [entry.mmacs for entry in self.timed]
        return charts.log_axis(min(macs), max(macs))

    @cached_property
    def log_latency_axis(self) -> Axis:
        """Down to what the device's own peak would allow."""
        times = [entry.row.summary.p50_ms for entry in self.timed]
        ideal = [e.mmacs / peak for e in self.timed for peak in self._peaks.values()]
        return charts.log_axis(min(times + ideal), max(times))

    @cached_property
    def _peaks(self) -> dict[str, float]:
        """GMAC/s of a large linear layer by runtime, the best of the runs."""
        peaks: dict[str, float] = {}
        for entry in self.timed:
            runtime, peak = entry.measurement.config.runtime, entry.measurement.peak_gmacs
            if peak is not None:
                peaks[runtime] = max(peak, peaks.get(runtime, 0.0))
        return peaks

    @cached_property
    def peak_lines(self) -> list[PeakLine]:
        ends = self.macs_axis.low, self.macs_axis.high
        lines = []
        for runtime, gmacs in self._peaks.items():
            heights = [100 - self.log_latency_axis.unbounded_percent(end / gmacs) for end in ends]
            lines.append(PeakLine(runtime, gmacs, f"0,{heights[0]:.2f} 100,{heights[1]:.2f}"))
        return lines

    @property
    def runtime_versions(self) -> list[str]:
        return sorted({entry.measurement.runtime_version for entry in self.entries})

    def labels(self) -> list[tuple[TimedEntry, Label]]:
        """Where the name of each network fits into the picture of latency against MACs."""
        dots = [
            (
                self.macs_axis.percent(e.mmacs),
                100 - self.log_latency_axis.percent(e.row.summary.p50_ms),
            )
            for e in self.timed
        ]
        names = [e.measurement.variant for e in self.timed]
        return list(zip(self.timed, charts.place_labels(dots, names), strict=True))

    @cached_property
    def compared(self) -> list[TimedEntry]:
        return [entry for entry in self.timed if entry.row.against_first is not None]

    @cached_property
    def ratio_axis(self) -> Axis:
        known = [e.row.against_first for e in self.compared if e.row.against_first]
        return charts.ratio_axis(min(c.ratio for c in known), max(c.ratio for c in known))

    @cached_property
    def memory_axis(self) -> Axis:
        ours = [entry.measurement for entry in self.entries]
        return charts.linear_axis(
            max(1, *(m.peak_memory_bytes or 0 for m in ours), *(m.size_bytes for m in ours)) / 1e6
        )


def to_settings(rows: Sequence[TimedRow | UntimedRow]) -> Iterator[Setting]:
    """In the order in which devices came, the quickest first in each."""
    together: dict[tuple[DeviceInfo, int], list[TimedRow | UntimedRow]] = {}
    for row in rows:
        measurement = row.measurement
        together.setdefault((measurement.device, measurement.config.threads), []).append(row)
    number = 1
    for (device, _threads), group in together.items():
        entries = tuple(_entry(i, row) for i, row in enumerate(sorted(group, key=_p50_ms), number))
        number += len(entries)
        yield Setting(device, group[0].measurement.config, entries)


def _p50_ms(row: TimedRow | UntimedRow) -> float:
    return row.summary.p50_ms if isinstance(row, TimedRow) else math.inf


def _entry(number: int, row: TimedRow | UntimedRow) -> Entry:
    """An emulator's times say nothing, so what knows them is not made of it."""
    if isinstance(row, TimedRow) and not row.measurement.device.emulated:
        return TimedEntry(number, row)
    return Entry(number, row)
