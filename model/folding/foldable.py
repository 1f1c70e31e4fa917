"""What a layer of ours offers when it can fold; the layers of `network` are built on it."""

from __future__ import annotations

from collections.abc import Mapping

from torch import nn


class Foldable(nn.Module):
    """A layer that another, shorter one can stand for in eval mode."""

    @property
    def folds(self) -> Mapping[str, int]:
        """What `fold` removes, and how many times; the children's own folds not counted."""
        raise NotImplementedError

    def fold(self) -> nn.Module:
        """Return the replacement and change nothing; its children may be foldable themselves."""
        raise NotImplementedError
