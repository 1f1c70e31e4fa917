"""A wrong answer is found, however fast it came."""

import numpy as np
import pytest

from irrvit.benchmark.results import golden
from irrvit.benchmark.results.golden import Expected, GoldenPicture

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


def test_a_file_with_just_the_classes_that_are_expected_passes():
    assert check(LOGITS[:6]).passed


# The largest logit is 9, so that 9e-4 is allowed.
@pytest.mark.parametrize("sign", [-1, 1])
@pytest.mark.parametrize(("error", "passed"), [(8.9e-4, True), (9.1e-4, False)])
def test_a_logit_may_be_off_by_a_share_of_the_largest(sign, error, passed):
    assert check(LOGITS + sign * error * (LOGITS == 2)).passed is passed


@pytest.mark.parametrize(
    ("apart", "failures"),
    [
        (1.7e-3, ()),
        (1.9e-3, ("cat.jpg: names class 3, the reference class 1",)),
    ],
)
def test_a_class_within_twice_the_tolerance_of_the_best_may_be_named(apart, failures):
    """Both are off by half of what they are apart, and a little for class 3 to be the best."""
    case = GoldenPicture("cat.jpg", CASE.pixels, (1, 3), (9.0, 9.0 - apart), 1e-4)
    half = apart / 2
    assert check([0, 9.0 - half, 0, 9.0 - half + 1e-6], case).failures == failures


def test_every_case_counts():
    wrong = GoldenPicture("dog.jpg", CASE.pixels, (3,), (9.0,), 1e-4)
    found = golden.check([CASE, wrong, CASE], lambda pixels: LOGITS)
    assert found.cases == 3
    assert found.failures == ("dog.jpg: names class 1, the reference class 3",)


def test_either_of_two_classes_may_be_named_that_differ_by_less_than_the_tolerance():
    case = GoldenPicture("cat.jpg", CASE.pixels, (1, 3, 5), (9.0, 8.9995, 7.0), 1e-4)
    assert check([0, 8.9996, 0, 9.0, 0, 7.0], case).passed


def test_the_device_sees_the_pixels_of_the_case():
    seen = []
    golden.check([CASE], lambda pixels: seen.append(pixels) or LOGITS)
    assert seen[0] is CASE.pixels


# A depth of three numbers and five indices behind it, in the order of their names.
DEPTH = Expected("depth", (0, 2), (1.0, 3.0), scale=2.0, start=0, size=3)
INDICES = Expected("indices", tuple(range(40)), (7.0,) * 40, 1.0, start=3, size=40, is_whole=True)
MAPS = GoldenPicture("cat.jpg", CASE.pixels, (), (), 1e-3, (DEPTH, INDICES))
ANSWER = np.array([1.0, 2.0, 3.0] + [7.0] * 40)


@pytest.mark.parametrize(
    ("where", "value", "problem"),
    [
        (0, 1.0019, None),
        (0, 1.0021, "a number of 'depth' is off by 0.0021, 0.002 is allowed"),
        (1, 9.0, None),  # Not among what is expected.
        ([3, 4], 8.0, None),
        ([3, 4, 5], 8.0, "8% of 'indices' are others, 5% may be"),
        (2, np.nan, "1 outputs are not finite"),
    ],
)
def test_of_any_other_network_some_numbers_of_each_output_are_compared(where, value, problem):
    answer = ANSWER.copy()
    answer[where] = value
    assert check(answer, MAPS).failures == (() if problem is None else (f"cat.jpg: {problem}",))


def test_a_device_that_leaves_an_output_out_fails():
    (failure,) = check(ANSWER[:42], MAPS).failures
    assert failure == "cat.jpg: 42 outputs, and 43 are expected"
