"""Which cases a file is compared on, and when it needs a float32 file beside it."""

from types import SimpleNamespace
from typing import Any

import pytest

from irrvit.export import target
from irrvit.export.errors import UnsupportedOp
from irrvit.export.judging.twin import comparison_of, write_twin
from irrvit.export.precision import Precision


@pytest.mark.parametrize(
    ("calibrated", "names"), [(False, ["cat", "dog", "NOISE"]), (True, ["cat", "dog"])]
)
def test_a_calibrated_file_is_held_to_photographs_and_another_to_all_cases(
    job_where, prepared, calibrated, names
):
    job = job_where(lambda facts, p: (p in facts.calibrated) is calibrated)
    assert comparison_of(job, prepared).names == names


def closed_target() -> Any:
    """One whose files cannot be run without rounding."""
    return SimpleNamespace(FACTS=target.facts(target.names()[0]))


def test_a_float32_file_needs_no_twin(job_where, prepared, tmp_path):
    job = job_where(lambda facts, p: p is Precision.FP32)
    assert write_twin(job, closed_target(), prepared, tmp_path) is None


def test_fewer_bits_that_cannot_be_told_from_rounding_are_refused(job_where, prepared, tmp_path):
    job = job_where(lambda facts, p: p is Precision.FP16)
    with pytest.raises(UnsupportedOp, match="cannot be proved: export it as fp32"):
        write_twin(job, closed_target(), prepared, tmp_path)
