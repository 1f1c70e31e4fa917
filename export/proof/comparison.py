"""Some cases, and what PyTorch says about them: what every runner of a file is held against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from irrvit.export.pixels import Outputs
from irrvit.export.precision import Tolerance
from irrvit.export.proof import parity
from irrvit.export.proof.cases import Case, batch
from irrvit.export.reports import ParityReport
from irrvit.model.outputs import Output


@dataclass(frozen=True)
class Comparison:
    """Cases and the answers to them.

    Attributes:
        by_case: of the reference, each output (...) by its name.
        outputs: what they mean.
    """

    cases: tuple[Case, ...]
    by_case: Mapping[str, Mapping[str, np.ndarray]]
    outputs: tuple[Output, ...]

    @property
    def names(self) -> list[str]:
        return [case.name for case in self.cases]

    @property
    def pixels(self) -> np.ndarray:
        """Float32 (N, H, W, C)."""
        return batch(self.cases)

    @property
    def reference(self) -> Outputs:
        return {
            output.name: np.stack([self.by_case[name][output.name] for name in self.names])
            for output in self.outputs
        }

    def reports(
        self, runs: Mapping[str, Outputs], tolerances: Mapping[str, Tolerance], sha256: str
    ) -> tuple[ParityReport, ...]:
        """Compare what each runner says, by its name.

        Args:
            tolerances: by output.
        """
        return tuple(
            self._report(runner, said, tolerances, sha256) for runner, said in runs.items()
        )

    def _report(
        self, runner: str, said: Outputs, tolerances: Mapping[str, Tolerance], sha256: str
    ) -> ParityReport:
        report = parity.together(
            [
                parity.check(
                    dict(zip(self.names, values, strict=True)),
                    dict(zip(self.names, said.get(output.name, ()), strict=output.name in said)),
                    tolerance=tolerances[output.name],
                    artifact_sha256=sha256,
                    runner=runner,
                    output=output,
                )
                for output, values in zip(self.outputs, self.reference.values(), strict=True)
            ]
        )
        known = {output.name for output in self.outputs}
        unknown = [f"there is an output '{name}' too many" for name in said if name not in known]
        return report.model_copy(update={"failures": (*report.failures, *unknown)})
