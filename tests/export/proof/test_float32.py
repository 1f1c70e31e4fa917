"""A float32 file may be as far off as PyTorch itself, times three, and no further than that."""

import numpy as np
import pytest
from torch import nn

from irrvit.export.judging.twin import of_each, reports_of_float32
from irrvit.export.precision import Tolerance
from irrvit.export.proof.cases import parity_cases
from irrvit.export.proof.comparison import Comparison
from irrvit.export.proof.float32 import Cost, float32_cost, widened
from irrvit.export.proof.reference import in_float64, run_reference
from irrvit.model.outputs import classifier_outputs
from irrvit.model.sources.source import Source
from irrvit.model.spec import InputSpec

USUAL = Tolerance(max_rel=1e-4, min_cosine=0.99999, min_sqnr_db=80)
SPEC = InputSpec(height=16, width=16, resize=16, mean=(0, 0, 0), std=(1, 1, 1))


class Losing(nn.Module):
    """Three logits that lose their last bits to a large number."""

    def __init__(self, large: float):
        super().__init__()
        self.large = large

    def forward(self, x):
        return (x.mean((2, 3)) + self.large) - self.large


def compared(large):
    source = Source("net", Losing(large).eval(), SPEC, ("a", "b", "c"), "none")
    cases = tuple(case for case in parity_cases(SPEC) if case.is_photograph)
    by_case = run_reference(source, cases)
    return source, Comparison(cases, by_case, classifier_outputs(3))


def test_what_float32_costs_is_its_distance_from_float64():
    source, comparison = compared(large=64.0)
    cost = float32_cost(source, comparison)["logits"]
    # A number near 64 has steps of 7.6e-6, and what decides lies within less than 0.1.
    assert 1e-4 < cost.relative < 1e-3
    assert 90 < cost.sqnr_db < 110


def test_a_network_that_loses_nothing_costs_next_to_nothing():
    cost = float32_cost(*compared(large=0.0))["logits"]
    assert cost.relative < 5e-6
    assert cost.sqnr_db > 120


@pytest.mark.parametrize(
    ("cost", "max_rel", "min_sqnr_db"),
    [
        (Cost(1e-6, 120), 1e-4, 80),
        (Cost(3.3e-5, 90), 1e-4, 80),
        (Cost(1e-4, 80), 3e-4, 70.46),
        (Cost(1e-2, 40), 1e-3, 60),
    ],
)
def test_limits_follow_that_by_a_factor_of_three_up_to_ten_times_the_usual(
    cost, max_rel, min_sqnr_db
):
    (limit,) = widened({"logits": USUAL}, {"logits": cost}).values()
    assert limit.max_rel == pytest.approx(max_rel)
    assert limit.min_sqnr_db == pytest.approx(min_sqnr_db, abs=0.01)
    assert limit.min_cosine == USUAL.min_cosine


def reported(tmp_path, source, comparison, outputs):
    (tmp_path / "net.bin").write_bytes(b"a file")
    limits = of_each(comparison, USUAL)
    return reports_of_float32(source, comparison, {"own": outputs}, limits, tmp_path / "net.bin")


def exact(source, comparison):
    answers = [in_float64(source, case) or {} for case in comparison.cases]
    return {"logits": np.concatenate([answer["logits"] for answer in answers]).astype(np.float32)}


def test_a_file_more_exact_than_pytorch_passes_and_that_is_said(tmp_path):
    source, comparison = compared(large=64.0)
    (report,), findings = reported(tmp_path, source, comparison, exact(source, comparison))
    assert report.passed
    assert report.tolerance.max_rel > USUAL.max_rel
    assert findings[0].startswith("this network amplifies rounding: PyTorch in float32 is itself ")


def test_a_file_that_computes_something_else_fails_by_the_usual_limits(tmp_path):
    source, comparison = compared(large=64.0)
    outputs = {"logits": exact(source, comparison)["logits"] * np.float32(1.02)}
    (report,), findings = reported(tmp_path, source, comparison, outputs)
    assert not report.passed
    assert (report.tolerance, findings) == (USUAL, ())


def test_nothing_is_excused_in_a_network_that_loses_nothing(tmp_path):
    source, comparison = compared(large=0.0)
    outputs = {"logits": exact(source, comparison)["logits"] + np.float32(1e-4)}
    (report,), findings = reported(tmp_path, source, comparison, outputs)
    assert not report.passed
    assert findings == ()
