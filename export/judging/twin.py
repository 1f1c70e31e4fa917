"""The float32 file of the same conversion, beside which a file of fewer bits is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from irrvit.export.content import content_hash
from irrvit.export.errors import UnsupportedOp
from irrvit.export.job import ExportJob
from irrvit.export.judging.prepared import Prepared
from irrvit.export.pixels import image_tensor
from irrvit.export.precision import Precision, Tolerance
from irrvit.export.proof.cases import photographs
from irrvit.export.proof.comparison import Comparison
from irrvit.export.proof.meaning import FloatGraph
from irrvit.export.proof.rounding import explained_by_float16
from irrvit.export.reports import ParityReport
from irrvit.export.target import RunsUnrounded, Target


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
    tolerances = of_each(comparison, chosen.FACTS.tolerances[Precision.FP32])
    (parity,) = comparison.reports(outputs, tolerances, content_hash(path))
    explained = dict.fromkeys(tolerances, 0.0)
    if job.precision in chosen.FACTS.fp16_arithmetic:
        explained = explained_by_float16(prepared.folded, image_tensor(comparison.pixels))
    return Twin(chosen, path, parity, explained)


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
