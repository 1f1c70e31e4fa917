"""Which operations are said otherwise, and in which format.

Each row names what the converter makes of the operation as it is; a row goes when that is mended.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, fx

from irrvit.export.rewriting import axes, forms
from irrvit.export.rewriting.program import Form, Rule, Rules


def given(node: fx.Node, name: str, default: object = None) -> object:
    """What an operation is given under a name, wherever that stands."""
    assert isinstance(node.target, torch._ops.OpOverload)
    arguments = [a.name for a in node.target._schema.arguments]
    place = arguments.index(name) if name in arguments else len(node.args)
    return node.args[place] if place < len(node.args) else node.kwargs.get(name, default)


def _is_scaled(node: fx.Node) -> bool:
    return given(node, "alpha", 1) != 1


def _add(node: fx.Node) -> Form | None:
    return Form(forms.add_scaled) if _is_scaled(node) else None


def _subtract(node: fx.Node) -> Form | None:
    return Form(forms.subtract_scaled) if _is_scaled(node) else None


def _subtract_from(node: fx.Node) -> Form | None:
    return Form(forms.subtract_from) if _is_scaled(node) else None


def _gelu(node: fx.Node) -> Form | None:
    return Form(forms.gelu_by_tanh) if given(node, "approximate") == "tanh" else None


def _instance_norm(node: fx.Node) -> Form | None:
    tracked = given(node, "use_input_stats") is False
    return Form(forms.normalize_by_running_statistics) if tracked else None


def _adaptive_max_pool(node: fx.Node) -> Form | None:
    places = [u for u in node.users if u.args[1:] == (1,)]
    return Form(forms.largest_in_cells) if not any(u.users for u in places) else None


def _conv_transpose(node: fx.Node) -> Form | None:
    weight, groups = _attribute(node.args[1]), given(node, "groups", 1)
    assert isinstance(groups, int)
    if weight is None:
        return None
    if _is_other(node, "dilation", 1) or groups not in (1, weight.shape[0]):
        return Form(forms.conv_transpose_spread, (forms.turned_kernels(weight.detach(), groups),))
    is_cut = _is_other(node, "padding", 0) or _is_other(node, "output_padding", 0)
    return Form(forms.conv_transpose_cropped) if is_cut else None


def _conv1d(node: fx.Node) -> Form | None:
    weight = _attribute(node.args[1])
    if weight is None or weight.shape[2] != 1 or given(node, "groups", 1) != 1:
        return None
    if _is_other(node, "stride", 1) or _is_other(node, "padding", 0):
        return None
    return Form(forms.pointwise) if axes.is_product(node.all_input_nodes[0]) else None


def _is_other(node: fx.Node, name: str, usual: int) -> bool:
    values = given(node, name, [usual])
    return isinstance(values, Sequence) and any(value != usual for value in values)


def _attribute(node: object) -> Tensor | None:
    """The weights that a node stands for; None if they are computed."""
    if not isinstance(node, fx.Node) or node.op != "get_attr":
        return None
    value: object = node.graph.owning_module
    for name in str(node.target).split("."):
        value = getattr(value, name)
    assert isinstance(value, Tensor)
    return value


def _known(node: fx.Node) -> Form | None:
    """Of operations that take numbers only."""
    assert callable(node.target)
    if node.all_input_nodes:
        return None
    value = node.target(*node.args, **node.kwargs)
    return Form(forms.known, (value.double() if value.is_floating_point() else value,))


def _unfold(node: fx.Node) -> Form | None:
    source, axis, size, step = node.args
    assert isinstance(source, fx.Node)
    assert isinstance(axis, int)
    assert isinstance(size, int)
    assert isinstance(step, int)
    positions = torch.arange(source.meta["val"].shape[axis])
    return Form(forms.windows_by_index, (positions.unfold(0, size, step).flatten(),))


def _boolean(operator: torch._ops.OpOverload) -> Rule:
    def rule(node: fx.Node) -> Form | None:
        return Form(operator) if node.meta["val"].dtype == torch.bool else None

    return rule


def _resize(node: fx.Node) -> Form | None:
    """Rows and columns, from what the operation makes of single ones."""
    source = node.args[0]
    assert isinstance(source, fx.Node)
    height, width = source.meta["val"].shape[-2:]
    rows = _resized(node, torch.eye(height, dtype=torch.float64)[None, :, :, None], width)
    columns = _resized(node, torch.eye(width, dtype=torch.float64)[None, :, None, :], height)
    return Form(
        forms.resize_by_products,
        (rows[0, :, :, 0].T.contiguous(), columns[0, :, 0, :].contiguous()),
    )


def _resized(node: fx.Node, ones: Tensor, other: int) -> Tensor:
    """The operation on pictures that are constant along one axis, (1, N, H, 1) or (1, N, 1, W)."""
    assert callable(node.target)
    shape = [size if size != 1 or axis < 2 else other for axis, size in enumerate(ones.shape)]
    return node.target(ones.expand(shape).contiguous(), *node.args[1:], **node.kwargs)


def _nearest(node: fx.Node) -> Form | None:
    """Converters have it right where every pixel becomes as many."""
    source = node.args[0]
    assert isinstance(source, fx.Node)
    before, after = source.meta["val"].shape[-2:], node.meta["val"].shape[-2:]
    is_whole = all(b % a == 0 for a, b in zip(before, after, strict=True))
    return None if is_whole else _resize(node)


EVERYWHERE: Rules = {
    # Core ML loses alpha (the numbers are off by as much), litert-torch raises a TypeError.
    "add": _add,
    "sub": _subtract,
    "rsub": _subtract_from,
    "upsample_nearest2d": _nearest,
    "_upsample_nearest_exact2d": _resize,
    "_upsample_bilinear2d_aa": _resize,
    "_upsample_bicubic2d_aa": _resize,
    "_upsample_lanczos2d_aa": _resize,
    # onnx and litert-torch lack it.
    "adaptive_max_pool2d": _adaptive_max_pool,
}

COREML: Rules = {
    **EVERYWHERE,
    # 3.7e-4 off.
    "gelu": _gelu,
    # Not there, or not where windows overlap.
    "col2im": lambda _: Form(forms.put_together),
    "addcmul": lambda _: Form(forms.addcmul_in_steps),
    "celu": lambda _: Form(forms.celu_as_elu),
    "log_sigmoid": lambda _: Form(forms.log_sigmoid_as_softplus),
    "std_mean": lambda _: Form(forms.deviation_and_mean),
    "unfold": _unfold,
    # Normalizes by the picture's own statistics.
    "instance_norm": _instance_norm,
    "upsample_bicubic2d": _resize,
    "__and__": _boolean(torch.ops.aten.logical_and.default),
    "__or__": _boolean(torch.ops.aten.logical_or.default),
    "__xor__": _boolean(torch.ops.aten.logical_xor.default),
}

TFLITE: Rules = {
    **EVERYWHERE,
    # "failed to legalize operation 'mhlo.convolution'".
    "conv_transpose2d": _conv_transpose,
    # Moves the axes of what is expanded, and not those that it is expanded to.
    "expand": axes.expand,
    "expand_as": axes.expand,
    # "found invalid output rank".
    "conv1d": _conv1d,
    "matmul": axes.column,
    "bmm": axes.column,
    # Becomes operations of StableHLO that LiteRT does not have.
    "eye": _known,
    "col2im": lambda _: Form(forms.put_together),
    # Pads more axes than LiteRT can.
    "unfold": _unfold,
}

ONNX: Rules = {
    **EVERYWHERE,
    # "only 4D query, key, and value are supported".
    "scaled_dot_product_attention": axes.attention,
}
