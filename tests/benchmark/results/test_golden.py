"""A wrong answer is found, however fast it came."""

import numpy as np
import pytest

from irrvit.benchmark.results import golden
from irrvit.benchmark.results.golden import GoldenPicture

LOGITS = np.array([1.0, 9.0, 3.0, 8.0, 2.0, 7.0, 0.0])
CASE = GoldenPicture("cat.jpg", np.zeros((1, 2, 2, 3)), (1, 3, 5, 2, 4), (9, 8, 7, 3, 2), 1e-4)


def check(logits, case=CASE):
    return golden.check([case], lambda pixels: np.asarray(logits))


def test_the_right_answer_passes():
    assert check(LOGITS + 1e-5).passed


def test_no_case_at_all_fails():
    assert not golden.check([], lambda pixels: LOGITS).passed


@pytest.mark.parametrize(
    ("logits", "problem"),
    [
        (np.roll(LOGITS, 1), "names class 2, the reference class 1"),
        (np.where(LOGITS == 9, np.nan, LOGITS), "1 outputs are not finite"),
        (LOGITS[:5], "5 outputs, and class 5 is expected"),
        (LOGITS + 0.01 * (LOGITS == 8), "a logit is off by 0.01"),
        (LOGITS * 1.01, "a logit is off by 0.09"),
    ],
)
def test_a_wrong_answer_fails_and_is_named(logits, problem):
    (failure,) = check(logits).failures
    assert failure.startswith(f"cat.jpg: {problem}")


def test_either_of_two_classes_may_be_named_that_differ_by_less_than_the_tolerance():
    case = GoldenPicture("cat.jpg", CASE.pixels, (1, 3, 5), (9.0, 8.9995, 7.0), 1e-4)
    assert check([0, 8.9996, 0, 9.0, 0, 7.0], case).passed


def test_the_device_sees_the_pixels_of_the_case():
    seen = []
    golden.check([CASE], lambda pixels: seen.append(pixels) or LOGITS)
    assert seen[0] is CASE.pixels
