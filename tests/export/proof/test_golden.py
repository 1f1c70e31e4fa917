"""Golden cases are what the reference says about each photograph, best class first."""

import numpy as np
import pytest

from irrvit.export.artifact import content_hash
from irrvit.export.proof import cases
from irrvit.export.proof.golden import golden_cases


def reference(*logits):
    return {path.stem: np.array(logits, np.float32) for path in cases.pictures()}


def test_there_is_one_for_each_photograph_with_its_hash():
    golden = golden_cases(reference(1.0, 0.0))
    assert [case.picture for case in golden] == [path.name for path in cases.pictures()]
    assert [case.picture_sha256 for case in golden] == [
        content_hash(path) for path in cases.pictures()
    ]


@pytest.mark.parametrize(
    ("logits", "classes", "values"),
    [
        ((0, 6, 1, 5, 2, 4, 3), (1, 3, 5, 6, 4), (6, 5, 4, 3, 2)),
        ((1, 3), (1, 0), (3, 1)),
        ((2, 2, 1), (0, 1, 2), (2, 2, 1)),  # Of equals, the first.
    ],
)
def test_five_classes_or_all_there_are_the_best_first(logits, classes, values):
    golden = golden_cases(reference(*logits))
    assert {(case.top5, case.logits) for case in golden} == {(classes, values)}
