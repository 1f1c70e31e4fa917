"""Each limit of parity at its boundary, just below and just above, and each measure by hand."""

import numpy as np
import pytest

from irrvit.export.precision import Tolerance
from irrvit.export.proof.compare import compare
from irrvit.export.proof.parity import check

FP32 = Tolerance(max_rel=1e-4, min_cosine=0.999999, min_sqnr_db=80)


def checked(reference, candidate, tolerance=FP32):
    return check(reference, candidate, tolerance=tolerance, artifact_sha256="0" * 64, runner="test")


# Each limit alone, just below and just above: (the tolerance, an output, whether it passes).
REFERENCE = np.array([3.0, -1.0, 0.5, 0.0, -2.5, 1.0])


def with_max_rel(relative):
    """Off in one place by a share of the spread."""
    output = REFERENCE.copy()
    output[3] += relative * np.ptp(REFERENCE)
    return output


def with_cosine(cosine):
    """As long as the reference, and turned away from it."""
    other = np.array([0.0, 1.0, 1.0, 1.0, 0.0, 0.5])
    along = REFERENCE / np.linalg.norm(REFERENCE)
    across = other - (other @ along) * along
    across /= np.linalg.norm(across)
    turned = cosine * along + np.sqrt(1 - cosine**2) * across
    return turned * np.linalg.norm(REFERENCE)


def with_sqnr(decibel):
    """The reference and noise of a known size."""
    noise = np.array([1.0, -1.0, 1.0, -1.0, 1.0, -1.0])
    size = np.linalg.norm(REFERENCE) / 10 ** (decibel / 20)
    return REFERENCE + noise / np.linalg.norm(noise) * size


LOOSE = {"max_rel": 10.0, "min_cosine": -1.0, "min_sqnr_db": -100.0}
LIMITS = [
    ({"max_rel": 1e-3}, with_max_rel, 0.999e-3, 1.001e-3, "error"),
    ({"min_cosine": 0.99}, with_cosine, 0.9901, 0.9899, "cosine"),
    ({"min_sqnr_db": 20.0}, with_sqnr, 20.01, 19.99, "SQNR"),
]


@pytest.mark.parametrize(("limit", "make", "within", "beyond", "word"), LIMITS)
def test_a_limit_holds_just_below_and_breaks_just_above(limit, make, within, beyond, word):
    tolerance = Tolerance(**{**LOOSE, **limit})
    assert compare("case", REFERENCE, make(within), tolerance).failures == ()
    (failure,) = compare("case", REFERENCE, make(beyond), tolerance).failures
    assert failure.startswith(word)


@pytest.mark.parametrize(
    ("margin", "decided"), [(0.399, False), (0.401, True)], ids=["just below", "just above"]
)
def test_a_case_is_decided_by_a_lead_of_twice_the_error_that_may_be(margin, decided):
    logits = np.array([2.0, 2.0 - margin, 0.0])  # Largest value 2: an error of up to 0.2.
    diff = compare("case", logits, logits, Tolerance(**{**LOOSE, "max_rel": 0.1}))
    assert diff.decided is decided


@pytest.mark.parametrize(("logits", "decided"), [([1.0, 0.0], True), ([1.0], False)])
def test_two_classes_can_be_decided_between_and_one_cannot(logits, decided):
    diff = compare(
        "case", np.array(logits), np.array(logits), Tolerance(**{**LOOSE, "max_rel": 0.1})
    )
    assert diff.decided is decided


@pytest.mark.parametrize(
    ("spread", "compared"), [(0.9e-4, False), (1.1e-4, True)], ids=["just below", "just above"]
)
def test_a_reference_of_almost_equal_outputs_compares_nothing(spread, compared):
    logits = np.array([1.0, 1.0, 1.0 - spread])
    diff = compare("case", logits, logits, FP32)
    assert diff.failures == (
        () if compared else ("the reference has no spread: nothing was compared",)
    )


@pytest.mark.parametrize(
    ("change", "compared"), [(0.9e-4, False), (1.1e-4, True)], ids=["just below", "just above"]
)
def test_a_reference_of_almost_equal_cases_compares_nothing(change, compared):
    logits = np.array([1.0, 0.0, 0.5])
    outputs = {"a": logits, "b": logits, "c": logits + np.array([0, change, 0])}
    report = checked(outputs, outputs)
    assert report.passed is compared
    if not compared:
        (failure,) = report.failures
        assert "give the network trained weights" in failure
        assert failure.endswith("nothing was compared")


def test_one_case_alone_is_compared():
    logits = np.array([1.0, 0.0, 0.5])
    assert checked({"a": logits}, {"a": logits}).passed


def test_outputs_of_different_shapes_are_not_taken_for_equal():
    outputs = {"a": np.array([1.0, 0.0]), "b": np.array([1.0, 0.0, 0.0])}
    assert checked(outputs, outputs).failures == ()


DECIDED = {name: np.array([5.0, 0.0, i]) for i, name in enumerate("abcd")}


@pytest.mark.parametrize(("other", "passes"), [(1, True), (2, False)])
def test_a_share_of_the_first_classes_may_differ_where_the_tolerance_says_so(other, passes):
    tolerance = Tolerance(**{**LOOSE, "max_rel": 0.1, "min_top1_agreement": 0.75})
    candidate = {
        name: (logits[::-1] if i < other else logits)
        for i, (name, logits) in enumerate(DECIDED.items())
    }
    report = checked(DECIDED, candidate, tolerance)
    assert (report.failures == ()) is passes
    if not passes:
        assert report.failures == ("top-1 agrees in 50% of 4 decided cases, expected 75%",)


@pytest.mark.parametrize(
    ("candidate", "overlap"),
    [
        ([9, 8, 7, 6, 5, 0, 0, 0], 1.0),
        ([5, 6, 7, 8, 9, 0, 0, 0], 1.0),
        ([9, 8, 7, 6, 0, 5, 0, 0], 0.8),
        ([9, 8, 0, 0, 0, 5, 6, 7], 0.4),
        ([0, 1, 2, 3, 4, 9, 8, 7], 0.4),
    ],
)
def test_the_overlap_is_the_share_of_the_five_best_that_both_have(candidate, overlap):
    reference = np.array([9.0, 8, 7, 6, 5, 0, 0, 0])
    diff = compare("case", reference, np.array(candidate, float), FP32)
    assert diff.top5_overlap == pytest.approx(overlap)


def test_of_fewer_than_five_classes_all_are_the_best():
    reference = np.array([1.0, 0.0, 0.5])
    assert compare("case", reference, reference[::-1], FP32).top5_overlap == 1.0


def test_means_and_maxima_are_told_apart():
    reference = np.array([4.0, 0.0, 0.0, -4.0])
    diff = compare("case", reference, reference + np.array([0.0, 1.0, 0.0, -3.0]), FP32)
    assert (diff.max_abs, diff.mean_abs) == (3.0, 1.0)
    assert (diff.max_rel, diff.reference_range) == (0.75, 8.0)


def test_an_exact_copy_has_the_sqnr_that_float64_can_tell():
    assert compare("case", REFERENCE, REFERENCE, FP32).sqnr_db == pytest.approx(313, abs=0.1)


def test_noise_on_a_reference_of_zeros_has_none():
    zeros = np.zeros(3)
    assert compare("case", zeros, np.array([0.0, 1.0, 0.0]), FP32).sqnr_db == 0.0
    assert compare("case", zeros, zeros, FP32).sqnr_db == 313.0
    assert compare("case", zeros, np.array([0.0, 1.0, 0.0]), FP32).max_rel == 1.0


def test_what_cannot_be_compared_is_as_wrong_as_can_be():
    diff = compare("case", REFERENCE, np.full(6, np.nan), FP32)
    assert (diff.max_abs, diff.max_rel, diff.mean_abs) == (np.inf, np.inf, np.inf)
    assert (diff.cosine, diff.sqnr_db, diff.top5_overlap) == (0.0, -np.inf, 0.0)
    assert (diff.top1_agrees, diff.decided, diff.nonfinite) == (False, True, 6)
    assert diff.reference_range == 5.5
    assert diff.failures == ("6 of 6 values are not finite",)


def test_the_report_says_what_was_held_against_what():
    reference = DECIDED
    report = checked(reference, reference)
    assert report.expected_cases == tuple(reference)
    assert (report.runner, report.artifact_sha256) == ("test", "0" * 64)
    assert report.reference == "PyTorch fp32, unfolded"
    assert report.tolerance == FP32
    assert report.host
