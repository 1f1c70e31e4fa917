"""A candidate is held to every output, each by its own measure; one too few or too many fails."""

import numpy as np
import pytest

from irrvit.export.precision import Tolerance
from irrvit.export.proof.cases import Case
from irrvit.export.proof.comparison import Comparison
from irrvit.export.proof.spread import decisive_scale
from irrvit.model.outputs import Output, OutputMeaning

CASES = tuple(Case(name, np.zeros((2, 2, 3), np.uint8)) for name in ("cat", "dog", "noise", "sky"))
SHAPES = {
    "anchors": ((5, 4), OutputMeaning.VALUES),
    "boxes": ((5, 4), OutputMeaning.VALUES),
    "map": ((3, 6, 6), OutputMeaning.CLASS_MAP),
    "point": ((8,), OutputMeaning.EMBEDDING),
    "score": ((1,), OutputMeaning.SCORE),
}
OUTPUTS = (
    *(Output(name=n, shape=(1, *shape), meaning=m) for n, (shape, m) in SHAPES.items()),
    Output(name="best", shape=(1, 2000), dtype="int32", meaning=OutputMeaning.INDICES),
)
GENERATOR = np.random.default_rng(0)
REFERENCE = {
    **{name: GENERATOR.normal(size=(4, *shape)) for name, (shape, _) in SHAPES.items()},
    "best": GENERATOR.integers(0, 9, (4, 2000)),
}
REFERENCE["anchors"][:] = REFERENCE["anchors"][0]  # Whatever the picture.
LIMITS = Tolerance(max_rel=1e-4, min_cosine=0.9999, min_sqnr_db=60)


def compared(said, reference=REFERENCE):
    by_case = {
        case.name: {name: values[i] for name, values in reference.items()}
        for i, case in enumerate(CASES)
    }
    limits = {output.name: LIMITS for output in OUTPUTS}
    comparison = Comparison(CASES, by_case, OUTPUTS)
    (report,) = comparison.reports({"own": said}, limits, "0" * 64)
    return report


def changed(name, *, by):
    """All outputs, one number of one of them off by a share of its spread."""
    values = REFERENCE[name].copy()
    values[1].flat[0] += by * decisive_scale(values)[1]
    return {**REFERENCE, name: values}


def test_the_same_outputs_pass():
    report = compared(REFERENCE)
    assert report.passed
    assert [(d.output, d.case) for d in report.diffs] == [
        (output.name, case.name) for output in OUTPUTS for case in CASES
    ]
    shares = {d.output: (d.top1_agrees, d.alike) for d in report.diffs}
    nothing = (None, None)
    assert shares["map"] == shares["point"] == shares["best"] == (None, 1.0)
    assert shares["anchors"] == shares["boxes"] == shares["score"] == nothing


def test_a_network_of_which_no_output_depends_on_the_picture_was_not_compared():
    stuck = {name: np.repeat(values[:1], 4, axis=0) for name, values in REFERENCE.items()}
    report = compared(stuck, reference=stuck)
    assert report.compared_nothing
    assert not report.passed


@pytest.mark.parametrize("name", list(SHAPES))
def test_one_number_of_any_output_is_held_to_that_outputs_spread(name):
    assert compared(changed(name, by=0.9e-4)).passed
    report = compared(changed(name, by=1.1e-4))
    assert {failure.split(":")[1].strip() for failure in report.case_failures} == {name}
    assert all(failure.startswith("dog: ") for failure in report.case_failures)


@pytest.mark.parametrize(("count", "passes"), [(2, True), (3, False)])
def test_of_integers_one_in_a_thousand_may_be_another(count, passes):
    values = REFERENCE["best"].copy()
    values[2, :count] += 1
    report = compared({**REFERENCE, "best": values})
    assert report.passed is passes
    assert passes or "0.15% of the integers are others" in report.case_failures[0]


def test_an_output_that_is_missing_fails():
    report = compared({name: values for name, values in REFERENCE.items() if name != "map"})
    assert not report.passed
    assert "case 'cat' has no output" in report.failures


def test_an_output_too_many_fails():
    report = compared({**REFERENCE, "extra": np.zeros((4, 1))})
    assert report.failures == ("there is an output 'extra' too many",)


def test_outputs_that_are_swapped_fail():
    assert not compared({**REFERENCE, "map": REFERENCE["map"][:, ::-1]}).passed


def test_an_output_of_another_shape_fails():
    report = compared({**REFERENCE, "boxes": REFERENCE["boxes"][:, :4]})
    assert all("shape is (4, 4) where the reference has (5, 4)" in f for f in report.case_failures)
    assert len(report.case_failures) == len(CASES)
