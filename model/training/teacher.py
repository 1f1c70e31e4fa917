"""A larger network teaches: what it says about a few views of the pictures, computed once and kept.

A view is a picture changed by numbers that follow from the view and the picture alone; the teacher
sees it enlarged. The network learns from other changes of the picture, new each epoch: fixed views
it soon knows by heart (docs/training.md).
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from irrvit.model import sources
from irrvit.model.data.dataset import Dataset, Pictures, batches
from irrvit.model.data.packed import cache_folder
from irrvit.model.data.wnids import IMAGENET, wnids_of
from irrvit.model.errors import BadData
from irrvit.model.evaluate import in_groups, normalized, to_unit
from irrvit.model.folding.fold import fold
from irrvit.model.sources.source import Source
from irrvit.model.spec import InputSpec
from irrvit.model.training.augment import augment, draws
from irrvit.model.training.feed import CPU, number
from irrvit.model.training.recipes.recipe import Augmentation, Distillation
from irrvit.model.training.run import TrainingRun

log = logging.getLogger(__name__)

_VIEWS = 3  # As ORDER, DRAWS and MIXING of `feed`: what these random numbers are for.
_BATCH = 250


@dataclass(frozen=True)
class Teacher:
    """A network, and which of its outputs are the classes that are learnt.

    Attributes:
        network: that of the source, folded, for it is asked a hundred thousand times.
        columns: (classes,) indices of outputs.
        changes: what makes a view of a picture.
    """

    source: Source
    network: nn.Module
    columns: np.ndarray
    changes: Augmentation

    def logits(self, images: Tensor) -> Tensor:
        """What it says about images on the 0..1 scale, (B, 3, H, W): (B, classes) float32."""
        spec = self.source.input
        size = (spec.height, spec.width)
        enlarged = F.interpolate(images, size, mode="bilinear", antialias=True)
        enlarged = normalized(enlarged, spec).to(memory_format=torch.channels_last)
        with torch.no_grad(), torch.autocast(images.device.type, torch.bfloat16):
            outputs = self.network(enlarged)
        return outputs.float()[:, self.columns]

    def top1(self, pictures: Pictures, spec: InputSpec) -> float:
        """How often it is right about pictures that nobody changed."""
        where = next(self.network.parameters()).device
        groups = in_groups(np.arange(len(pictures)), _BATCH)
        stream = batches(partial(pictures.pixels, spec=spec), groups)
        right = 0
        for group, pixels in zip(groups, stream, strict=True):
            said = self.logits(to_unit(pixels, where)).argmax(1).cpu().numpy()
            right += int((said == pictures.classes[group]).sum())
        return right / len(pictures)


def teacher_of(how: Distillation, data: Dataset, device: torch.device = CPU) -> Teacher:
    """Load a teacher of these classes onto a device.

    Raises:
        BadData: it knows other classes.
        ModelError: there is no such network.
    """
    source = sources.load(how.teacher)
    columns = _columns(source, data)
    folded = fold(source.network.eval(), source.input).network
    return Teacher(
        source, folded.to(device).to(memory_format=torch.channels_last), columns, how.changes
    )


def view_logits(run: TrainingRun, teacher: Teacher) -> list[np.ndarray]:
    """What the teacher says about each view: (N, classes) float16, mapped from the disk.

    Computed on the first call, and kept with the decoded pictures, each view when it is done.
    """
    how = run.recipe.distillation
    assert how is not None
    return [_view_logits(run, teacher, view) for view in range(how.views)]


def _view_logits(run: TrainingRun, teacher: Teacher, view: int) -> np.ndarray:
    path = _path(run, teacher, view)
    if not path.exists():
        log.info("the teacher looks at view %d of each picture; this is done once", view + 1)
        try:
            _compute(run, teacher, view, path)
        except OSError as error:
            raise BadData(
                f"what the teacher says cannot be kept in '{path.parent}' ({error.strerror}): make "
                "room there, or name another folder with IRRVIT_DATA_CACHE"
            ) from error
    return np.load(path, mmap_mode="r")


def loss(logits: Tensor, odds: Tensor, how: Distillation) -> Tensor:
    """Divergence of a network's odds from the teacher's, (B, classes) each, scaled by T ^ 2."""
    t = how.temperature
    return t**2 * F.kl_div((logits / t).log_softmax(1), odds, reduction="batchmean")


def _columns(source: Source, data: Dataset) -> np.ndarray:
    if source.labels == data.labels:
        return np.arange(len(data.labels))
    known = wnids_of(source.labels)
    if not data.wnids or not known:
        raise BadData(
            f"the teacher '{source.name}' has {len(source.labels)} classes of its own: expected "
            f"those of '{data.name}', or ImageNet's {len(IMAGENET)} for classes of ImageNet"
        )
    return np.array([known.index(wnid) for wnid in data.wnids])


def _table(pictures: int, view: int) -> Tensor:
    """The numbers that make a view."""
    return draws(pictures, torch.Generator().manual_seed(number(_VIEWS, view)))


def _path(run: TrainingRun, teacher: Teacher, view: int) -> Path:
    facts = {
        "data": run.data.sha256,
        "spec": run.spec.model_dump(mode="json"),
        "augmentation": teacher.changes.model_dump(),
        "view": view,
        "teacher": [teacher.source.name, teacher.source.weights, teacher.columns.tolist()],
    }
    key = hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
    return cache_folder() / f"{key}.npy"


def _compute(run: TrainingRun, teacher: Teacher, view: int, path: Path) -> None:
    pictures = run.data.train
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as part:
        kept = Path(part.name)
    try:
        shape = (len(pictures), len(teacher.columns))
        said = np.lib.format.open_memmap(kept, mode="w+", dtype=np.float16, shape=shape)
        groups = in_groups(np.arange(len(pictures)), _BATCH)
        table = _table(len(pictures), view)
        stream = batches(partial(pictures.pixels, spec=run.spec), groups)
        where = next(teacher.network.parameters()).device
        for group, pixels in zip(groups, stream, strict=True):
            numbers = table[torch.from_numpy(group)].to(where)
            images = augment(to_unit(pixels, where), numbers, teacher.changes)
            said[group] = teacher.logits(images).cpu().numpy()
        said.flush()
        kept.replace(path)
    finally:
        kept.unlink(missing_ok=True)
