"""A network and a file that are played: what a judge sees of them, and nothing is converted."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from torch import nn

from irrvit.export import target
from irrvit.export.job import ExportJob
from irrvit.export.proof.cases import Case
from irrvit.model.sources.source import Source
from irrvit.model.spec import InputSpec

CASES = tuple(
    Case(name, np.full((2, 2, 3), i, np.uint8), is_photograph=name.islower())
    for i, name in enumerate(("cat", "dog", "NOISE"))
)
LOGITS = {case.name: np.array([3.0, 1.0, float(i)]) for i, case in enumerate(CASES)}


class PlayedRunner:
    """Answers as the reference does, off by a share."""

    def __init__(self, name, error=0.0):
        self.name, self.error = name, error

    def run(self, pixels):
        places = [int(picture[0, 0, 0]) for picture in pixels]
        logits = np.stack([LOGITS[CASES[i].name] for i in places])
        return {"logits": logits * (1 + self.error)}


class Unrunnable(nn.Module):
    def forward(self, x):
        raise RuntimeError("it is only played")


@pytest.fixture
def played_runner():
    return PlayedRunner


@pytest.fixture
def prepared():
    reference = {name: {"logits": logits} for name, logits in LOGITS.items()}
    # A network that float64 is nothing for: none of its errors are excused.
    source = Source(
        "net", Unrunnable(), InputSpec(height=2, width=2, resize=2), ("a", "b", "c"), "none"
    )
    return SimpleNamespace(cases=CASES, reference=reference, folded=None, source=source)


@pytest.fixture
def job_where():
    """A function of a condition on facts and precision: a job of the first target that fits."""

    def make(condition, **options):
        return next(
            ExportJob(model="net", target=name, precision=precision, **options)
            for name in target.names()
            for precision in target.facts(name).precisions
            if condition(target.facts(name), precision)
        )

    return make
