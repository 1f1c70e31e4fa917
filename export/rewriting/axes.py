"""Operations whose axes a converter loses, or does not know so many of."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import fx

from irrvit.export.rewriting import forms
from irrvit.export.rewriting.program import Form

_BROADCASTING = frozenset(
    getattr(torch.ops.aten, name).Tensor for name in ("add", "sub", "mul", "div")
)
_PRODUCTS = (torch.ops.aten.matmul.default, torch.ops.aten.bmm.default)
_EXPANDING = (torch.ops.aten.expand.default, torch.ops.aten.expand_as.default)
_PERMUTE = torch.ops.aten.permute.default
_TO_OTHER_AXES = frozenset(
    f"aten.{name}" for name in ("reshape", "squeeze", "unflatten", "unsqueeze", "view")
)


def is_product(node: fx.Node) -> bool:
    """Whether a node multiplies matrices."""
    return node.target in _PRODUCTS


def column(node: fx.Node) -> Form | None:
    """A product of one column, of which the axes are changed then."""
    named = (getattr(user.target, "overloadpacket", None) for user in node.users)
    is_column = len(_shape(node)) > 2 and _shape(node)[-1] == 1
    if is_column and _TO_OTHER_AXES.intersection(map(str, named)):
        return Form(forms.product_as_row)
    return None


def attention(node: fx.Node) -> Form | None:
    """Of more axes than four."""
    query = node.all_input_nodes[0]
    return Form(forms.attention_of_four_axes) if query.meta["val"].dim() > 4 else None


def expand(node: fx.Node) -> Form | None:
    """What is expanded by whoever reads it anyway, be it after a change of its axes."""
    readers = [u for user in node.users for u in (user.users if _is_permuted(user) else [user])]
    needless = all(
        user.target in _BROADCASTING
        and torch.broadcast_shapes(*map(_unexpanded, user.all_input_nodes)) == _shape(user)
        for user in readers
    )
    return Form(forms.unexpanded) if needless else None


def _unexpanded(node: fx.Node) -> tuple[int, ...]:
    """The shape of a node if nothing were expanded for it."""
    if node.target in _EXPANDING:
        return _shape(node.all_input_nodes[0])
    if _is_permuted(node):
        before, order = _unexpanded(node.all_input_nodes[0]), node.args[1]
        assert isinstance(order, Sequence)
        return tuple(before[axis] for axis in order if isinstance(axis, int))
    return _shape(node)


def _is_permuted(node: fx.Node) -> bool:
    """Whether it changes the order of the axes of what has as many without being expanded."""
    source = node.all_input_nodes[0]
    is_expanded = node.target is _PERMUTE and source.target in _EXPANDING
    return is_expanded and len(_shape(source.all_input_nodes[0])) == len(_shape(source))


def _shape(node: fx.Node) -> tuple[int, ...]:
    return tuple(node.meta["val"].shape)
