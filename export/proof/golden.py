"""What the reference says about the sample photographs, for whoever runs the file elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from irrvit.export.content import content_hash
from irrvit.export.manifest import GoldenCase
from irrvit.export.proof import cases


def golden_cases(reference: Mapping[str, np.ndarray]) -> tuple[GoldenCase, ...]:
    """What the reference says about each photograph: at most five classes, best first."""
    golden = []
    for picture in cases.pictures():
        logits = reference[picture.stem]
        best = np.argsort(-logits, kind="stable")[:5]
        golden.append(
            GoldenCase(
                picture=picture.name,
                picture_sha256=content_hash(picture),
                top5=tuple(map(int, best)),
                logits=tuple(map(float, logits[best])),
            )
        )
    return tuple(golden)
