"""The float32 file of the same conversion, beside which a file of fewer bits is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from irrvit.export.content import content_hash
from irrvit.export.errors import UnsupportedOp
from irrvit.export.job import ExportJob
from irrvit.export.judging.prepared import Prepared
from irrvit.export.pixels import Outputs, image_tensor
from irrvit.export.precision import Precision, Tolerance
from irrvit.export.proof.cases import photographs
from irrvit.export.proof.comparison import Comparison
from irrvit.export.proof.float32 import float32_cost, widened
from irrvit.export.proof.meaning import FloatGraph
from irrvit.export.proof.rounding import explained_by_float16
from irrvit.export.reports import ParityReport
from irrvit.export.target import RunsUnrounded, Target
from irrvit.model.sources.source import Source


@dataclass(frozen=True)
class Twin:
    """A float32 file, and what is known of it.

    Attributes:
        parity: against PyTorch.
        explained: what computing in float16 costs each output, relative to what decides; 0 where
            the file of fewer bits is not computed so.
    """

    chosen: RunsUnrounded
    path: Path
    parity: ParityReport
    explained: Mapping[str, float]

    def graph_of(self, path: Path) -> FloatGraph:
        """The graph, without rounding, of a file of the same conversion, or of this one."""
        return self.chosen.float_graph(path, self.path)


def write_twin(job: ExportJob, chosen: Target, prepared: Prepared, folder: Path) -> Twin | None:
    """Write the twin of a file of fewer bits; a float32 file needs none.

    Raises:
        UnsupportedOp: files of this format cannot be run without rounding.
    """
    if job.precision is Precision.FP32:
        return None
    if not isinstance(chosen, RunsUnrounded):
        raise UnsupportedOp(
            f"a file of {chosen.FACTS.description} below float32 cannot be run without its "
            "rounding, and so cannot be proved: export it as fp32"
        )
    path = prepared.float32
    if path is None:
        path = folder / f"float32{chosen.FACTS.suffix}"
        chosen.write(prepared.folded, prepared.source.input, Precision.FP32, path)
    comparison, runner = comparison_of(job, prepared), chosen.load(path)
    outputs = {runner.name: runner.run(comparison.pixels)}
    limits = of_each(comparison, chosen.FACTS.tolerances[Precision.FP32])
    (parity,), _ = reports_of_float32(prepared.source, comparison, outputs, limits, path)
    explained = dict.fromkeys(limits, 0.0)
    if job.precision in chosen.FACTS.fp16_arithmetic:
        explained = explained_by_float16(prepared.folded, image_tensor(comparison.pixels))
    return Twin(chosen, path, parity, explained)


def reports_of_float32(
    source: Source,
    comparison: Comparison,
    runs: Mapping[str, Outputs],
    limits: Mapping[str, Tolerance],
    path: Path,
) -> tuple[tuple[ParityReport, ...], tuple[str, ...]]:
    """Compare what runners say of a float32 file, and say where a network's own noise excuses it.

    Args:
        limits: for each output, those of a network that float32 costs next to nothing.
    """
    sha256 = content_hash(path)
    reports = comparison.reports(runs, limits, sha256)
    if all(report.passed for report in reports):
        return reports, ()
    costs = float32_cost(source, comparison)
    wide = widened(limits, costs)
    excused = comparison.reports(runs, wide, sha256)
    if wide == limits or not all(report.passed for report in excused):
        return reports, ()
    cost = max(costs.values(), key=lambda cost: cost.relative)
    most = max(limit.max_rel for limit in wide.values())
    finding = (
        f"this network amplifies rounding: PyTorch in float32 is itself {cost.relative:.1e} of the "
        f"outputs' spread ({cost.sqnr_db:.0f} dB) from float64, so the file may be {most:.1e} off"
    )
    return excused, (finding,)


def comparison_of(job: ExportJob, prepared: Prepared) -> Comparison:
    """The cases that a file is compared on.

    One with the ranges of real pictures is held to the photographs alone: noise and hard edges are
    beyond them.
    """
    cases = photographs(prepared.cases) if job.is_calibrated else prepared.cases
    return Comparison(tuple(cases), prepared.reference, prepared.source.outputs)


def of_each(comparison: Comparison, tolerance: Tolerance) -> dict[str, Tolerance]:
    """One tolerance for every output."""
    return {output.name: tolerance for output in comparison.outputs}
