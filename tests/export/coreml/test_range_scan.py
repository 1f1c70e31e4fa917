"""Overflow of fp16 is found where it happens, by its true value."""

import numpy as np
import pytest

from irrvit.export.coreml import range_scan

ONES = np.ones((1, 4), np.float16)


def _scan(make_program, build, x=ONES):
    return range_scan.scan(make_program(build, x), {"x": x})


def test_a_large_value_between_small_ones_is_found(mb, make_program):
    # The module's output is 1: github.com/apple/coremltools/issues/2110.
    findings = _scan(
        make_program,
        lambda x: mb.mul(
            x=mb.square(x=mb.mul(x=x, y=np.float16(400), name="scaled"), name="squared"),
            y=np.float16(1 / 160000), name="small",
        ),
    )  # fmt: skip
    assert len(findings) == 1
    assert "1.6e+05" in findings[0]
    assert "'squared'" in findings[0]
    assert "'square'" in findings[0]


@pytest.mark.parametrize(("number", "count"), [(180, 0), (182, 1), (255, 1), (256, 1)])
def test_more_than_half_of_the_range_is_close(number, count, mb, make_program):
    findings = _scan(make_program, lambda x: mb.square(x=mb.mul(x=x, y=np.float16(number))))
    assert len(findings) == count
    assert all(f.startswith("fp16 overflow" if number > 255 else "close") for f in findings)


def test_values_declared_float32_may_be_large(mb, make_program):
    findings = _scan(
        make_program, lambda x: mb.mul(x=mb.cast(x=x, dtype="fp32"), y=np.float32(1e6))
    )
    assert findings == []


def test_not_a_number_is_found(mb, make_program):
    findings = _scan(make_program, lambda x: mb.sqrt(x=mb.mul(x=x, y=np.float16(-1))))
    assert len(findings) == 1
    assert findings[0].startswith("not a number")


def test_a_weight_that_overflowed_when_written_is_found(mb, make_program):
    weight = np.full(4, np.inf, np.float16)
    findings = _scan(make_program, lambda x: mb.minimum(x=x, y=weight))
    assert any("constant" in finding for finding in findings)


def test_the_largest_value_is_that_of_float32(mb, make_program):
    program = make_program(lambda x: mb.mul(x=x, y=np.float16(1 / 3), name="third"), ONES)
    ((value, magnitude),) = range_scan.largest(program, {"x": ONES})
    assert value.name == "third"
    assert magnitude == pytest.approx(float(np.float16(1 / 3)), rel=1e-7)
