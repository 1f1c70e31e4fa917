"""Which class a network should name in each labelled picture, by its own order of labels."""

from types import SimpleNamespace

import numpy as np
import pytest

from irrvit.export.errors import BadOption
from irrvit.export.proof.labelled import LabelledPictures, expected_of, tried_on
from irrvit.model.errors import BadData


def part(*classes):
    return SimpleNamespace(classes=np.array(classes))


PETS = {"name": "pets", "labels": ("cat", "dog"), "wnids": (), "labels_are_folders": True}
APART = SimpleNamespace(**PETS, train=part(0), held_out=part(1), test=part(1, 0, 1))
TOGETHER = SimpleNamespace(**PETS, train=part(0, 0), held_out=part(1), test=None)


def test_files_are_tried_on_what_was_set_apart_else_on_all():
    assert tried_on(APART) == [APART.test]  # pyright: ignore[reportArgumentType]
    assert tried_on(TOGETHER) == [TOGETHER.train, TOGETHER.held_out]  # pyright: ignore[reportArgumentType]


def test_classes_follow_the_networks_labels_and_not_the_datas_order():
    labels = ("bird", "dog", "cat")
    assert expected_of(labels, APART).classes.tolist() == [1, 2, 1]  # pyright: ignore[reportArgumentType]
    assert expected_of(labels, TOGETHER).classes.tolist() == [2, 2, 1]  # pyright: ignore[reportArgumentType]


def test_classes_that_the_network_lacks_are_refused():
    with pytest.raises(BadOption, match="no 'cat' among its 2"):
        expected_of(("fish", "dog"), APART)  # pyright: ignore[reportArgumentType]


def test_a_network_without_classes_is_refused():
    with pytest.raises(BadOption, match="no classifier"):
        expected_of((), APART)  # pyright: ignore[reportArgumentType]


def test_either_of_two_classes_with_one_label_is_right_and_no_other():
    labels = ("dog", "cat", "dog", "cow")
    expected = expected_of(labels, APART)  # pyright: ignore[reportArgumentType]
    assert expected.classes.tolist() == [0, 1, 0]
    assert expected.are_right(np.array([2, 1, 0])).all()
    assert not expected.are_right(np.array([1, 2, 3])).any()


def test_of_some_pictures_the_same_is_expected():
    expected = expected_of(("dog", "cat"), APART)  # pyright: ignore[reportArgumentType]
    some = expected.of(np.array([1]))
    assert (some.classes.tolist(), some.rule) == ([1], expected.rule)


def test_data_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(BadData, match="unknown data"):
        LabelledPictures(str(tmp_path / "nothing")).load()
