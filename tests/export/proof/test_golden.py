"""Golden cases are what the reference says about each photograph, best class first."""

import numpy as np
import pytest

from irrvit.export.artifact import content_hash
from irrvit.export.proof import cases
from irrvit.export.proof.golden import golden_cases
from irrvit.model.outputs import Output, OutputMeaning, classifier_outputs


def reference(*logits):
    return {path.stem: {"logits": np.array(logits, np.float32)} for path in cases.pictures()}


def test_there_is_one_for_each_photograph_with_its_hash():
    golden = golden_cases(reference(1.0, 0.0), classifier_outputs(2))
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
    golden = golden_cases(reference(*logits), classifier_outputs(len(logits)))
    assert {(case.top5, case.logits) for case in golden} == {(classes, values)}


def test_the_scale_of_logits_is_that_of_parity_over_all_cases():
    answers = reference(1001.0, 1000.0, 1000.5)
    answers |= {"noise": {"logits": np.array([1001.0, 1000.0, 1000.9], np.float32)}}
    golden = golden_cases(answers, classifier_outputs(3))
    assert [case.scale for case in golden] == pytest.approx([0.4] * len(golden), rel=1e-4)


def test_there_is_no_scale_where_nothing_can_be_compared():
    golden = golden_cases(reference(np.inf, 0.0), classifier_outputs(2))
    assert {case.scale for case in golden} == {None}


def test_of_any_other_network_they_are_numbers_of_each_output():
    outputs = (
        Output(name="depth", shape=(1, 10, 20), meaning=OutputMeaning.VALUE_MAP),
        Output(name="score", shape=(1, 1), meaning=OutputMeaning.SCORE),
    )
    values = np.random.default_rng(0).normal(size=(len(cases.pictures()), 10, 20))
    answers = {
        path.stem: {"depth": values[i], "score": np.array([float(i)])}
        for i, path in enumerate(cases.pictures())
    }
    golden = golden_cases(answers, outputs)
    for i, case in enumerate(golden):
        assert (case.top5, case.logits) == ((), ())
        depth, score = case.samples
        assert (depth.output, score.output) == ("depth", "score")
        assert (score.indices, score.values) == ((0,), (float(i),))
        np.testing.assert_array_equal(values[i].ravel()[list(depth.indices)], depth.values)
        assert {values[i].max(), values[i].min(), values[i, 0, 0], values[i, -1, -1]} <= set(
            depth.values
        )
        assert 64 <= len(depth.indices) <= 66
        assert depth.scale == min(np.ptp(values[i]), np.ptp(values, axis=0).max())
        assert score.scale == len(golden) - 1
