"""Which operations are said otherwise, so that XNNPACK takes them.

One that XNNPACK does not take cuts the file in two, and values change hands there. Each row goes
when the exporter does so itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import Tensor, fx

from irrvit.export.executorch import forms
from irrvit.export.rewriting.axes import is_product
from irrvit.export.rewriting.forms import deviation_and_mean
from irrvit.export.rewriting.program import Form, Rule, Rules
from irrvit.export.rewriting.rules import EVERYWHERE, given

_MAP = "NCHW"
_PIXELS = [2, 3]  # The axes of a map, over which XNNPACK's mean goes.


def _mean(node: fx.Node) -> Form | None:
    axes = _axes(node)
    if given(node, "dtype") is not None or _is_mean_of_pixels(node, axes):
        return None
    return Form(_over(forms.mean, axes))


def _sum(node: fx.Node) -> Form | None:
    is_float = _value(node.all_input_nodes[0]).is_floating_point()
    if given(node, "dtype") is not None or not is_float:
        return None
    return Form(_over(forms.total, _axes(node)))


def _over(function: Callable[..., Tensor], axes: list[int]) -> Callable[..., Tensor]:
    """A form that takes what both overloads take, with all axes and with some."""

    def form(x: Tensor, _axes: object = None, keepdim: bool = False) -> Tensor:
        return function(x, axes, keepdim)

    return form


def _axes(node: fx.Node) -> list[int]:
    """Those that are reduced, counted from 0; none given are all."""
    count = _value(node.all_input_nodes[0]).dim()
    axes = given(node, "dim")
    axes = [axes] if isinstance(axes, int) else axes
    return (
        [axis % count for axis in axes] if isinstance(axes, Sequence) and axes else [*range(count)]
    )


def _is_mean_of_pixels(node: fx.Node, axes: list[int]) -> bool:
    is_map = _value(node.all_input_nodes[0]).dim() == 4
    return is_map and sorted(axes) == _PIXELS and given(node, "keepdim", False) is True


def _pool(node: fx.Node) -> Form | None:
    """To one pixel; torch writes strides for it that no backend takes."""
    return Form(forms.pooled) if tuple(_value(node).shape[2:]) == (1, 1) else None


def _attention(node: fx.Node) -> Form | None:
    mask = given(node, "attn_mask")
    is_added = mask is None or (isinstance(mask, fx.Node) and _value(mask).is_floating_point())
    is_plain = not (given(node, "is_causal", False) or given(node, "enable_gqa", False))
    return Form(forms.attention) if is_added and is_plain else None


def _reshape(node: fx.Node) -> Form | None:
    size = tuple(_value(node).shape)

    def form(x: Tensor, *_axes: object) -> Tensor:
        return x.reshape(size)

    return Form(form)


def _softmax(node: fx.Node) -> Form | None:
    """Over another axis than the last; or of a map, of which it takes the channels for the last.

    What comes out of a convolution has its channels last, and ExecuTorch 1.5.1 does not turn it
    before a softmax: the numbers are wrong, in silence. A product of matrices is never so.
    """
    axis, count = given(node, "dim"), _value(node).dim()
    is_last = axis in (-1, count - 1)
    is_map = count == len(_MAP) and not is_product(node.all_input_nodes[0])
    if given(node, "dtype") is not None or (is_last and not is_map):
        return None
    return Form(forms.softmax)


def _slice(node: fx.Node) -> Form | None:
    """All of an axis, which is the exporter's `alias`."""
    is_all = _value(node).shape == _value(node.all_input_nodes[0]).shape
    return Form(forms.unchanged) if is_all and given(node, "step", 1) == 1 else None


def _pad(node: fx.Node) -> Form | None:
    """By nothing, which is `alias` too."""
    sizes = given(node, "pad")
    is_nothing = isinstance(sizes, Sequence) and not any(sizes)
    return Form(forms.unchanged) if is_nothing else None


def _always(function: Callable[..., object]) -> Rule:
    return lambda _node: Form(function)


def _value(node: fx.Node) -> Tensor:
    return node.meta["val"]


EXECUTORCH: Rules = {
    **EVERYWHERE,
    # Kernels of ExecuTorch's own, each between two delegates.
    "layer_norm": _always(forms.layer_norm),
    "group_norm": _always(forms.group_norm),
    "mean": _mean,
    "sum": _sum,
    "adaptive_avg_pool2d": _pool,
    # Checks for rows that are masked as a whole, which need integers and truth values.
    "scaled_dot_product_attention": _attention,
    "std_mean": _always(deviation_and_mean),
    # XNNPACK takes these at the last axis, or not at all.
    "softmax": _softmax,
    "squeeze": _reshape,
    "unsqueeze": _reshape,
    "select": _always(forms.selected),
    "unbind": _always(forms.unbound),
    "split": _always(forms.parted),
    "split_with_sizes": _always(forms.parted),
    "roll": _always(forms.rolled),
    "slice": _slice,
    "pad": _pad,
    # Whole numbers, which become constants of 64 bits.
    "hardsigmoid": _always(forms.hardsigmoid),
}
