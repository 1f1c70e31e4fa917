"""WordNet's numbers of classes: what ImageNet, and whoever stores its pictures, calls them."""

from __future__ import annotations

from pathlib import Path

from irrvit.model.data import tiny_imagenet

IMAGENET = tuple(Path(__file__).with_name("imagenet.txt").read_text(encoding="utf-8").split())
"""The 1000 of ILSVRC 2012, in the order of the outputs of networks that were trained on them."""


def wnids_of(labels: tuple[str, ...]) -> tuple[str, ...]:
    """The number of each class of a network with these labels; none where they are not ImageNet's.

    What the 1000 are called differs from one place to the next, so that only their number is
    looked at.
    """
    if labels == tiny_imagenet.LABELS:
        return tiny_imagenet.WNIDS
    return IMAGENET if len(labels) == len(IMAGENET) else ()
