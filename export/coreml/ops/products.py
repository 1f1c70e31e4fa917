"""Operations that multiply and accumulate: convolutions, linear layers, matrix products."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from irrvit.export.coreml.ops.values import UnsupportedValue

_CONV = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}
_CONV_TRANSPOSE = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}


def paddings(
    pad_type: str, pad: list[int], size: list[int], kernel: list[int], strides: list[int]
) -> list[tuple[int, int]]:
    """Rows before and after on each axis.

    Args:
        size: of the input's axes; only "same" needs it.
        kernel: what the kernel covers, dilation included.
    """
    if pad_type == "custom":
        return list(zip(pad[::2], pad[1::2], strict=True))
    if pad_type == "valid":
        return [(0, 0) for _ in kernel]
    if pad_type not in ("same", "same_lower"):
        raise UnsupportedValue(f"pad_type '{pad_type}'")
    pairs = []
    for n, k, s in zip(size, kernel, strides, strict=True):
        total = max((-(-n // s) - 1) * s + k - n, 0)
        half = total // 2
        pairs.append((half, total - half) if pad_type == "same" else (total - half, half))
    return pairs


def pad_axes(x: Tensor, pairs: list[tuple[int, int]], value: float) -> Tensor:
    """Pad the last axes with a constant."""
    return F.pad(x, [n for pair in reversed(pairs) for n in pair], value=value)


def _covered(weight: Tensor, dilations: list[int]) -> list[int]:
    return [(k - 1) * d + 1 for k, d in zip(weight.shape[2:], dilations, strict=True)]


def _conv(  # one parameter per input of the operation
    x: Tensor,
    weight: Tensor,
    strides: list[int],
    pad_type: str,
    pad: list[int],
    dilations: list[int],
    groups: int,
    bias: Tensor | None = None,
) -> Tensor:
    size = list(x.shape[2:])
    pairs = paddings(pad_type, pad, size, _covered(weight, dilations), strides)
    amount = [before for before, _ in pairs]
    if any(before != after for before, after in pairs):
        x, amount = pad_axes(x, pairs, 0.0), [0] * len(pairs)
    return _CONV[len(size)](x, weight, bias, strides, amount, dilations, groups)


def _conv_transpose(  # one parameter per input of the operation
    x: Tensor,
    weight: Tensor,
    strides: list[int],
    pad_type: str,
    pad: list[int],
    dilations: list[int],
    groups: int,
    bias: Tensor | None = None,
    output_shape: list[int] | None = None,
) -> Tensor:
    """Spread everything out, then cut `pad` off.

    coremltools writes an `output_shape` always. With one that asks for another size, CPU and GPU
    are reported to give different numbers (github.com/apple/coremltools/issues/2281).
    """
    spread = _CONV_TRANSPOSE[x.dim() - 2](
        x, weight, stride=strides, dilation=dilations, groups=groups
    )
    for axis, step in enumerate(strides):
        full, n = spread.shape[axis + 2], x.shape[axis + 2]
        if pad_type == "custom":
            before, target = pad[2 * axis], full - pad[2 * axis] - pad[2 * axis + 1]
        elif pad_type == "valid":
            before, target = 0, full
        elif pad_type == "same":
            before, target = max(full - n * step, 0) // 2, n * step
        else:
            raise UnsupportedValue(f"pad_type '{pad_type}'")
        if output_shape is not None and output_shape[axis + 2] != target:
            raise UnsupportedValue(
                f"output_shape {output_shape} where its padding gives {target} on axis {axis + 2}"
            )
        missing = max(before + target - full, 0)
        ends = [(0, 0)] * axis + [(0, missing)] + [(0, 0)] * (len(strides) - axis - 1)
        spread = pad_axes(spread, ends, 0.0).narrow(axis + 2, before, target)
    return spread if bias is None else spread + bias.reshape(-1, *[1] * len(strides))


def _linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    if not x.is_floating_point():
        raise UnsupportedValue("a linear layer of integers")
    return F.linear(x, weight, bias)


def _matmul(x: Tensor, y: Tensor, transpose_x: bool, transpose_y: bool) -> Tensor:
    return torch.matmul(x.mT if transpose_x else x, y.mT if transpose_y else y)


def _einsum(values: list[Tensor], equation: str) -> Tensor:
    return torch.einsum(equation, *values)


def _scaled_dot_product_attention(
    query: Tensor, key: Tensor, value: Tensor, attn_mask: Tensor | None = None
) -> Tensor:
    return F.scaled_dot_product_attention(query, key, value, attn_mask)


OPERATIONS = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "einsum": _einsum,
    "linear": _linear,
    "matmul": _matmul,
    "scaled_dot_product_attention": _scaled_dot_product_attention,
}
