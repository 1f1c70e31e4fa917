"""What is asked for: one network into one file."""

from __future__ import annotations

import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from irrvit.export import target
from irrvit.export.precision import Precision
from irrvit.export.quantization.calibration import CalibrationPictures
from irrvit.model import sources
from irrvit.model.outputs import Task
from irrvit.model.sources.source import Source


class ExportJob(BaseModel):
    """One file to write.

    Attributes:
        model, checkpoint, checkpoint_key, mean, std, labels, task: as `irrvit.model.sources.load`
            takes them.
        tensorflow: also run the file in TensorFlow's own interpreter.
        explain: when parity fails, find the layer that departs.
        calibration: for int8.
        keep_float: modules that an int8 file leaves as they are.
        sensitivity: also measure what each module loses alone.
        require_delegated: an operation that the delegate leaves out is a failure.
        allow_degraded: a file below float32 may decide otherwise than the network.
        count_unfolded: also count the operations that the file would have without folding.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    checkpoint: Path | None = None
    checkpoint_key: str | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    labels: tuple[str, ...] | None = None
    task: Task | None = None
    target: str
    precision: Precision
    tensorflow: bool = False
    explain: bool = False
    calibration: CalibrationPictures = CalibrationPictures()
    keep_float: tuple[str, ...] = ()
    sensitivity: bool = False
    require_delegated: bool = False
    allow_degraded: bool = False
    count_unfolded: bool = False

    def load(self) -> Source:
        """The network that is asked for; raises as `irrvit.model.sources.load`."""
        return sources.load(
            self.model,
            self.checkpoint,
            checkpoint_key=self.checkpoint_key,
            mean=self.mean,
            std=self.std,
            labels=self.labels,
            task=self.task,
        )

    @property
    def name(self) -> str:
        """The folder of this file below the model's: target and precision."""
        return f"{self.target}-{self.precision}"

    @property
    def is_calibrated(self) -> bool:
        """Whether pictures decide what is written."""
        return self.precision in target.facts(self.target).calibrated

    @property
    def file_stem(self) -> str:
        """The model's name as a file name; nobody reads a fact back out of it."""
        name = Path(self.model).stem if self.model.endswith(".pt2") else self.model
        return re.sub(r"[^\w.+-]", "_", name)
