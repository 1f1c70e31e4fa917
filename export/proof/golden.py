"""What the reference says about the sample photographs, for whoever runs the file elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from irrvit.export.content import content_hash
from irrvit.export.manifest import GoldenCase, GoldenSample
from irrvit.export.pixels import Outputs
from irrvit.export.proof import cases
from irrvit.export.proof.spread import decisive_scale
from irrvit.model.outputs import LOGITS, Output, Task, task_of

_SAMPLES = 64  # Of each output: a wrong operation shows in any of them.


def golden_cases(
    reference: Mapping[str, Outputs], outputs: Sequence[Output]
) -> tuple[GoldenCase, ...]:
    """What the reference says about each photograph, by its name, output and (...) values.

    Of a classifier at most five classes, best first; else some numbers of each output.
    """
    pictures = cases.pictures()
    answers = [reference[picture.stem] for picture in pictures]
    is_classifier = task_of(outputs) is Task.CLASSIFICATION
    samples = [()] * len(pictures) if is_classifier else _samples(answers, outputs)
    golden = []
    for picture, answer, sampled in zip(pictures, answers, samples, strict=True):
        logits = answer[LOGITS] if is_classifier else np.zeros(0)
        best = np.argsort(-logits, kind="stable")[:5]
        golden.append(
            GoldenCase(
                picture=picture.name,
                picture_sha256=content_hash(picture),
                top5=tuple(map(int, best)),
                logits=tuple(map(float, logits[best])),
                samples=sampled,
            )
        )
    return tuple(golden)


def _samples(
    answers: Sequence[Outputs], outputs: Sequence[Output]
) -> list[tuple[GoldenSample, ...]]:
    """Numbers of each output at even distances, and its largest and smallest."""
    scales = {o.name: decisive_scale(np.stack([a[o.name] for a in answers])) for o in outputs}
    return [
        tuple(_sample(o.name, answer[o.name], float(scales[o.name][i])) for o in outputs)
        for i, answer in enumerate(answers)
    ]


def _sample(name: str, values: np.ndarray, scale: float) -> GoldenSample:
    flat = values.ravel()
    even = np.linspace(0, flat.size - 1, min(_SAMPLES, flat.size)).round().astype(int)
    where = np.unique([*even, flat.argmax(), flat.argmin()])
    return GoldenSample(
        output=name,
        indices=tuple(map(int, where)),
        values=tuple(map(float, flat[where])),
        scale=scale,
    )
