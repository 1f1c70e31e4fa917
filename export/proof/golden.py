"""What the reference says about the sample photographs, for whoever runs the file elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from irrvit.export.content import content_hash
from irrvit.export.manifest import GoldenCase, GoldenSample
from irrvit.export.pixels import Outputs
from irrvit.export.proof import cases
from irrvit.export.proof.spread import scales_by_case
from irrvit.model.outputs import LOGITS, Output, Task, task_of

_SAMPLES = 64  # Of each output: a wrong operation shows in any of them.


def golden_cases(
    reference: Mapping[str, Outputs], outputs: Sequence[Output]
) -> tuple[GoldenCase, ...]:
    """What the reference says about each photograph, by its name, output and (...) values.

    Of a classifier at most five classes, best first; else some numbers of each output. The scales
    are those that parity goes by: of all cases that the reference was asked about.
    """
    by_output = {o.name: {case: said[o.name] for case, said in reference.items()} for o in outputs}
    scales = {name: scales_by_case(answers) for name, answers in by_output.items()}
    is_classifier = task_of(outputs) is Task.CLASSIFICATION
    golden = []
    for picture in cases.pictures():
        sampled = (
            _sample(name, answers[picture.stem], scales[name].get(picture.stem, 0.0))
            for name, answers in by_output.items()
            if not is_classifier
        )
        logits = by_output[LOGITS][picture.stem] if is_classifier else np.zeros(0)
        best = np.argsort(-logits, kind="stable")[:5]
        golden.append(
            GoldenCase(
                picture=picture.name,
                picture_sha256=content_hash(picture),
                top5=tuple(map(int, best)),
                logits=tuple(map(float, logits[best])),
                scale=scales[LOGITS].get(picture.stem) or None if is_classifier else None,
                samples=tuple(sampled),
            )
        )
    return tuple(golden)


def _sample(name: str, values: np.ndarray, scale: float) -> GoldenSample:
    """Numbers of an output at even distances, and its largest and smallest."""
    flat = values.ravel()
    even = np.linspace(0, flat.size - 1, min(_SAMPLES, flat.size)).round().astype(int)
    where = np.unique([*even, flat.argmax(), flat.argmin()])
    return GoldenSample(
        output=name,
        indices=tuple(map(int, where)),
        values=tuple(map(float, flat[where])),
        scale=scale,
    )
