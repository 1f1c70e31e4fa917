"""Student's t is that of the printed tables, at both ends and between."""

import pytest

from irrvit.benchmark.results import student_t

# NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2, both tails together.
TABLE = {
    (1, 0.99): 63.657,
    (2, 0.99): 9.925,
    (3, 0.99): 5.841,
    (4, 0.99): 4.604,
    (5, 0.99): 4.032,
    (6, 0.99): 3.707,
    (7, 0.99): 3.499,
    (8, 0.99): 3.355,
    (11, 0.99): 3.106,
    (12, 0.99): 3.055,
    (13, 0.99): 3.012,
    (14, 0.99): 2.977,
    (29, 0.99): 2.756,
    (30, 0.99): 2.750,
    (60, 0.99): 2.660,
    (100, 0.99): 2.626,
    (1, 0.95): 12.706,
    (2, 0.95): 4.303,
    (4, 0.95): 2.776,
    (9, 0.95): 2.262,
    (100, 0.95): 1.984,
}


@pytest.mark.parametrize(("freedom", "confidence"), TABLE)
def test_it_is_that_of_the_printed_table(freedom, confidence):
    found = student_t.quantile(freedom, confidence=confidence)
    assert found == pytest.approx(TABLE[freedom, confidence], abs=0.00051)


@pytest.mark.parametrize(("confidence", "normal"), [(0.95, 1.959964), (0.99, 2.575829)])
def test_with_many_degrees_of_freedom_it_is_the_normal_distributions(confidence, normal):
    assert student_t.quantile(10_000, confidence=confidence) == pytest.approx(normal, abs=5e-4)
    assert student_t.quantile(9_999, confidence=confidence) > normal


def test_every_degree_of_freedom_more_makes_it_smaller():
    quantiles = [student_t.quantile(n, confidence=0.99) for n in range(1, 200)]
    assert quantiles == sorted(quantiles, reverse=True)
    assert len(set(quantiles)) == len(quantiles)
