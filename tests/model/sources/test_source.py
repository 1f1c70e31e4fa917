from __future__ import annotations

from irrvit.model.sources.source import numbered


def test_classes_that_nobody_named_are_numbered_from_zero():
    assert numbered(3) == ("class 0", "class 1", "class 2")
