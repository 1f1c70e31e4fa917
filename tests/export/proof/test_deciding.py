"""What an output decides, and how much of that another one decides alike."""

import numpy as np
import pytest

from irrvit.export.proof.deciding import choices, decides, shares_alike
from irrvit.model.outputs import OutputMeaning

NOTHING = np.zeros(3)


@pytest.mark.parametrize(
    ("meaning", "is_decisive"),
    [
        (OutputMeaning.LOGITS, True),
        (OutputMeaning.EMBEDDING, True),
        (OutputMeaning.CLASS_MAP, True),
        (OutputMeaning.INDICES, True),
        (OutputMeaning.SCORE, False),
        (OutputMeaning.VALUE_MAP, False),
        (OutputMeaning.VALUES, False),
    ],
)
def test_numbers_alone_decide_nothing(meaning, is_decisive):
    assert decides(meaning) is is_decisive
    values = np.random.default_rng(0).normal(size=(3, 4, 2, 2))
    assert (choices(meaning, values) is not None) is is_decisive


def test_logits_decide_a_class_by_its_lead():
    made = choices(OutputMeaning.LOGITS, np.array([[1.0, 5.0, 2.0], [0.0, -1.0, -4.0]]))
    assert made is not None
    assert made.chosen.tolist() == [[1], [0]]
    assert made.margin.tolist() == [[3.0], [1.0]]


def test_a_single_number_is_no_class():
    assert choices(OutputMeaning.LOGITS, np.ones((3, 1))) is None


def test_a_map_decides_a_class_in_each_place():
    values = np.array([[[[1.0, 0.0]], [[0.0, 4.0]]]])  # (1, 2 classes, 1, 2 places)
    made = choices(OutputMeaning.CLASS_MAP, values)
    assert made is not None
    assert (made.chosen.tolist(), made.margin.tolist()) == ([[0, 1]], [[1.0, 4.0]])


def test_an_embedding_decides_which_other_picture_is_nearest():
    values = np.array([[1.0, 0.0], [0.0, 1.0], [0.9, 0.1], [0.1, 0.9]])
    made = choices(OutputMeaning.EMBEDDING, values)
    assert made is not None
    assert made.chosen.ravel().tolist() == [2, 3, 0, 1]


@pytest.mark.parametrize("values", [np.eye(2), np.zeros((4, 2))])
def test_two_points_or_points_without_a_direction_decide_nothing(values):
    assert choices(OutputMeaning.EMBEDDING, values) is None


@pytest.mark.parametrize("error", [0.99, 1.01])
def test_a_nearest_picture_is_decided_where_the_allowed_error_cannot_turn_it(error):
    values = np.array([[1.0, 0.0], [0.9, 0.2], [0.7, 0.6], [0.0, 1.0]])
    made = choices(OutputMeaning.EMBEDDING, values)
    assert made is not None
    allowed = made.margin.ravel() / 2 * error
    shares = shares_alike(OutputMeaning.EMBEDDING, values, values, allowed)
    assert shares == [1.0 if error < 1 else None] * 4
    # And indeed: no error of that size turns it.
    generator = np.random.default_rng(0)
    for _ in range(200):
        off = values + made.margin.min() / 2 * generator.choice([-1, 1], values.shape)
        other = choices(OutputMeaning.EMBEDDING, off)
        assert other is not None
        assert other.chosen.tolist() == made.chosen.tolist()


def test_only_what_is_decided_counts():
    reference = np.array([[[[5.0, 0.1, 5.0, 5.0]], [[0.0, 0.0, 0.0, 0.0]]]])
    candidate = reference.copy()
    candidate[0, :, 0, 1:3] = candidate[0, ::-1, 0, 1:3]  # A close place and a decided one.
    (share,) = shares_alike(OutputMeaning.CLASS_MAP, reference, candidate, np.array([0.1]))
    assert share == pytest.approx(2 / 3)


def test_outputs_of_another_shape_decide_nothing_alike():
    reference = np.zeros((3, 4))
    assert shares_alike(OutputMeaning.LOGITS, reference, np.zeros((3, 5)), NOTHING) == [0.0] * 3


def test_an_index_is_right_or_wrong():
    reference = np.array([[3, 4, 5, 6]])
    share = shares_alike(OutputMeaning.INDICES, reference, np.array([[3, 4, 5, 9]]), np.ones(1))
    assert share == [0.75]
