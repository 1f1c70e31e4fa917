"""The checker fails on every kind of wrong output, and on comparing nothing."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from irrvit.export.precision import Tolerance
from irrvit.export.proof.compare import compare
from irrvit.export.proof.parity import check
from irrvit.export.reports import ParityReport

FP32 = Tolerance(max_rel=1e-4, min_cosine=0.999999, min_sqnr_db=80)


@pytest.fixture
def reference() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {name: rng.normal(size=10).astype(np.float32) for name in ("coffee", "cat", "noise")}


def checked(reference, candidate, tolerance: Tolerance = FP32) -> ParityReport:
    return check(reference, candidate, tolerance=tolerance, artifact_sha256="0" * 64, runner="test")


def changed(reference, case: str, output: np.ndarray) -> dict[str, np.ndarray]:
    return {**reference, case: output}


def test_the_same_outputs_pass(reference):
    assert checked(reference, reference).passed


def test_rounding_passes(reference):
    rounded = {k: v * np.float32(1 + 1e-6) for k, v in reference.items()}
    assert checked(reference, rounded).passed


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_fails(reference, value):
    output = reference["cat"].copy()
    output[3] = value
    report = checked(reference, changed(reference, "cat", output))
    assert not report.passed
    assert report.diffs[1].nonfinite == 1


def test_a_reference_that_is_not_finite_fails(reference):
    broken = changed(reference, "cat", np.full(10, np.nan, np.float32))
    assert not checked(broken, reference).passed
    assert not checked(broken, broken).passed


def test_swapped_classes_fail(reference):
    assert not checked(reference, changed(reference, "cat", reference["cat"][::-1])).passed


def test_outputs_of_other_cases_fail(reference):
    swapped = {**reference, "cat": reference["noise"], "noise": reference["cat"]}
    assert not checked(reference, swapped).passed


def test_a_missing_case_fails(reference):
    candidate = {k: v for k, v in reference.items() if k != "cat"}
    report = checked(reference, candidate)
    assert not report.passed
    assert report.failures == ("case 'cat' has no output",)


def test_an_extra_case_fails(reference):
    assert not checked(reference, {**reference, "extra": reference["cat"]}).passed


@pytest.mark.parametrize("shape", [(9,), (11,), (1, 10), ()])
def test_another_shape_fails(reference, shape):
    report = checked(reference, changed(reference, "cat", np.zeros(shape, np.float32)))
    assert not report.passed


def test_no_case_at_all_fails():
    report = checked({}, {})
    assert not report.passed
    assert report.failures == ("nothing was compared",)


def test_a_reference_without_spread_fails(reference):
    flat = {name: np.full(10, 0.5, np.float32) for name in reference}
    assert not checked(flat, flat).passed


def test_a_reference_that_ignores_its_input_fails(reference):
    stuck = dict.fromkeys(reference, reference["cat"])
    report = checked(stuck, stuck)
    assert not report.passed
    assert "the same output whatever the picture" in report.failures[0]


def test_another_first_class_is_said():
    tolerance = Tolerance(max_rel=0.2, min_cosine=-1, min_sqnr_db=-100)
    logits = np.array([10.0, 5.0, 0.0])
    report = checked({"case": logits}, {"case": np.array([10.0, 10.1, 0.0])}, tolerance)
    assert not report.passed
    assert report.failures == ("top-1 agrees in 0% of 1 decided cases, expected 100%",)


def test_a_near_tie_may_fall_either_way():
    logits, other = np.array([1.0, 1.0 - 1e-6, 0.0]), np.array([1.0 - 1e-6, 1.0, 0.0])
    report = checked({"tie": logits}, {"tie": other}, FP32)
    assert not report.diffs[0].top1_agrees
    assert not report.diffs[0].decided
    assert report.passed


def test_a_failed_report_survives_json(reference):
    output = np.full(10, np.nan, np.float32)
    report = checked(reference, changed(reference, "cat", output))
    again = ParityReport.model_validate_json(report.model_dump_json())
    assert again == report
    assert not again.passed


@given(st.integers(2, 50), st.floats(1e-6, 1e-1), st.integers(0, 2**32 - 1))
def test_measures_equal_their_definitions(classes, noise, seed):
    rng = np.random.default_rng(seed)
    reference = rng.normal(size=classes)
    candidate = reference + noise * rng.normal(size=classes)
    diff = compare("case", reference, candidate, FP32)
    error = candidate - reference
    assert diff.max_abs == pytest.approx(np.abs(error).max())
    assert diff.max_rel == pytest.approx(np.abs(error).max() / np.abs(reference).max())
    assert diff.sqnr_db == pytest.approx(10 * np.log10((reference**2).sum() / (error**2).sum()))
    cosine = np.corrcoef(np.r_[reference, -reference], np.r_[candidate, -candidate])[0, 1]
    assert diff.cosine == pytest.approx(cosine)
