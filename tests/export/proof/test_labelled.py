"""Which class a network should name in each labelled picture, by its own order of labels."""

from types import SimpleNamespace

import numpy as np
import pytest

from irrvit.export.errors import BadOption
from irrvit.export.proof.labelled import LabelledPictures, classes_for, tried_on
from irrvit.model.errors import BadData


def part(*classes):
    return SimpleNamespace(classes=np.array(classes))


APART = SimpleNamespace(
    name="pets", labels=("cat", "dog"), train=part(0), held_out=part(1), test=part(1, 0, 1)
)
TOGETHER = SimpleNamespace(
    name="pets", labels=("cat", "dog"), train=part(0, 0), held_out=part(1), test=None
)


def test_files_are_tried_on_what_was_set_apart_else_on_all():
    assert tried_on(APART) == [APART.test]  # pyright: ignore[reportArgumentType]
    assert tried_on(TOGETHER) == [TOGETHER.train, TOGETHER.held_out]  # pyright: ignore[reportArgumentType]


def test_classes_follow_the_networks_labels_and_not_the_datas_order():
    labels = ("bird", "dog", "cat")
    assert classes_for(labels, APART).tolist() == [1, 2, 1]  # pyright: ignore[reportArgumentType]
    assert classes_for(labels, TOGETHER).tolist() == [2, 2, 1]  # pyright: ignore[reportArgumentType]


def test_classes_that_the_network_lacks_are_refused():
    with pytest.raises(BadOption, match="no 'cat' among its 2"):
        classes_for(("fish", "dog"), APART)  # pyright: ignore[reportArgumentType]


def test_data_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(BadData, match="unknown data"):
        LabelledPictures(str(tmp_path / "nothing")).load()
