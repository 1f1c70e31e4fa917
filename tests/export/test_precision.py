"""Precisions and tolerances as records."""

import numpy as np
import pytest
from pydantic import ValidationError

from irrvit.export.precision import FP16_MAX, Precision, Tolerance


def test_the_largest_half_is_the_largest_half():
    assert np.float16(FP16_MAX) == np.finfo(np.float16).max
    with np.errstate(over="ignore"):
        assert np.isinf(np.float32(FP16_MAX + 16).astype(np.float16))


def test_precisions_are_called_as_they_are_typed_the_widest_first():
    assert list(Precision) == ["fp32", "fp16", "int8", "w8", "w6", "w4"]


def test_a_tolerance_asks_for_all_first_classes_and_no_lost_point_unless_it_says_otherwise():
    tolerance = Tolerance(max_rel=1, min_cosine=0, min_sqnr_db=0)
    assert (tolerance.min_top1_agreement, tolerance.max_points_below) == (1.0, 0.0)


def test_a_limit_that_nobody_knows_is_refused():
    with pytest.raises(ValidationError):
        Tolerance.model_validate({"max_rel": 1, "min_cosine": 0, "min_sqnr_db": 0, "max_abs": 1})
