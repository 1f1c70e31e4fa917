"""WordNet's numbers are ImageNet's, in the order of timm's networks."""

import pytest

from irrvit.model.data import tiny_imagenet
from irrvit.model.data.wnids import IMAGENET, wnids_of


@pytest.mark.needs("timm")
def test_the_1000_stand_in_the_order_of_timms_outputs():
    from timm.data.imagenet_info import ImageNetInfo

    assert list(IMAGENET) == ImageNetInfo("imagenet-1k").label_names()


def test_the_classes_of_tiny_imagenet_are_among_them():
    assert set(tiny_imagenet.WNIDS) < set(IMAGENET)
    assert wnids_of(tiny_imagenet.LABELS) == tiny_imagenet.WNIDS


@pytest.mark.parametrize(("classes", "known"), [(999, 0), (1000, 1000), (1001, 0)])
def test_only_networks_of_1000_classes_know_imagenets(classes, known):
    assert len(wnids_of(tuple(f"class {i}" for i in range(classes)))) == known
