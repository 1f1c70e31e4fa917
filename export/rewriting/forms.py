"""Operations said in others, exactly. Each takes what the operation takes."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi, sqrt
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional


def known(value: Tensor, *_given: object, **_named: object) -> Tensor:
    """What an operation gives that takes no picture."""
    return value


def unexpanded(x: Tensor, _size: object) -> Tensor:
    """As `expand` and `expand_as`, where whoever reads it expands it anyway."""
    return x


def celu_as_elu(x: Tensor, alpha: float = 1.0) -> Tensor:
    """As `celu`."""
    return x.clamp(min=0) + alpha * torch.expm1(x.clamp(max=0) / alpha)


def log_sigmoid_as_softplus(x: Tensor) -> Tensor:
    """As `log_sigmoid`."""
    return -functional.softplus(-x)


def deviation_and_mean(
    x: Tensor,
    dim: tuple[int, ...] | None = None,
    unbiased: bool = True,
    keepdim: bool = False,
    *,
    correction: float | None = None,
) -> tuple[Tensor, Tensor]:
    """As `std_mean`, each overload of it."""
    freedom = float(unbiased) if correction is None else correction
    return torch.std(x, dim, correction=freedom, keepdim=keepdim), x.mean(dim, keepdim=keepdim)


def windows_by_index(indices: Tensor, x: Tensor, axis: int, size: int, _step: int) -> Tensor:
    """As `unfold` along an axis.

    Args:
        indices: of all windows, one window after another.
    """
    axis %= x.dim()
    gathered = torch.index_select(x, axis, indices)
    parted = gathered.reshape(*x.shape[:axis], -1, size, *x.shape[axis + 1 :])
    return parted.movedim(axis + 1, -1)


def pointwise(x: Tensor, weight: Tensor, bias: Tensor | None = None, *_usual: object) -> Tensor:
    """As `conv1d` with kernels of one place."""
    y = weight[:, :, 0] @ x
    return y if bias is None else y + bias.reshape(-1, 1)


def product_as_row(x: Tensor, y: Tensor) -> Tensor:
    """As `matmul` and `bmm` of which the second has one column."""
    return (y.transpose(-2, -1) @ x.transpose(-2, -1)).transpose(-2, -1)


def attention_of_four_axes(
    query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None = None, *how: Any, **named: Any
) -> Tensor:
    """As `scaled_dot_product_attention` of more axes; a mask has one for all of them."""
    mask = mask if mask is None or mask.dim() < 4 else mask.flatten(0, -4)
    attended = functional.scaled_dot_product_attention(
        query.flatten(0, -4), key.flatten(0, -4), value.flatten(0, -4), mask, *how, **named
    )
    return attended.reshape(*query.shape[:-1], value.shape[-1])


def addcmul_in_steps(x: Tensor, y: Tensor, z: Tensor, *, value: float = 1) -> Tensor:
    """As `addcmul`: x + value y z."""
    return x + y * z * value


def put_together(
    x: Tensor,
    output_size: Sequence[int],
    kernel_size: Sequence[int],
    dilation: Sequence[int],
    padding: Sequence[int],
    stride: Sequence[int],
) -> Tensor:
    """As `col2im` of (1, C K, L): each place of the kernel spread over the picture, and the sum."""
    kernel, dilation, padding, stride = map(_pair, (kernel_size, dilation, padding, stride))
    places = kernel[0] * kernel[1]
    sizes = [
        (output_size[i] + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1) // stride[i] + 1
        for i in (0, 1)
    ]
    parts = x.reshape(-1, places, *sizes)
    whole = None
    for place in range(places):
        part = parts[:, place]
        for i, axis in ((0, -2), (1, -1)):
            before = (place // kernel[1], place % kernel[1])[i] * dilation[i] - padding[i]
            part = _spread(part, axis, stride[i])
            part = _extended(part, axis, before, output_size[i] - before - part.shape[axis])
        whole = part if whole is None else whole + part
    assert whole is not None
    return whole.reshape(x.shape[0], -1, *output_size)


def gelu_by_tanh(x: Tensor, *, approximate: str) -> Tensor:
    """As `gelu(x, approximate="tanh")`."""
    assert approximate == "tanh"
    return 0.5 * x * (1 + torch.tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x)))


def add_scaled(x: Tensor, y: Tensor, *, alpha: float) -> Tensor:
    """As `add`: x + alpha y."""
    return x + y * alpha


def subtract_scaled(x: Tensor, y: Tensor, *, alpha: float) -> Tensor:
    """As `sub`: x - alpha y."""
    return x - y * alpha


def subtract_from(x: Tensor, y: Tensor, alpha: float = 1) -> Tensor:
    """As `rsub`: y - alpha x."""
    return y - x * alpha


def normalize_by_running_statistics(
    x: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    running_mean: Tensor,
    running_var: Tensor,
    use_input_stats: bool,
    momentum: float,
    eps: float,
    cudnn_enabled: bool,
) -> Tensor:
    """As `instance_norm` with statistics, which is BatchNorm."""
    assert not use_input_stats
    return functional.batch_norm(x, running_mean, running_var, weight, bias, False, momentum, eps)


def resize_by_products(rows: Tensor, columns: Tensor, x: Tensor, *_how: object) -> Tensor:
    """As any resize of (1, C, H, W) that treats rows and columns alike wherever they are.

    Args:
        rows: (H', H), what each new row takes of the old ones.
        columns: (W, W').
    """
    return rows @ (x @ columns)


def largest_in_cells(x: Tensor, output_size: Sequence[int]) -> tuple[Tensor, None]:
    """As `adaptive_max_pool2d`, without the places that the numbers were found in."""
    for axis, cells in zip((-2, -1), output_size, strict=True):
        x = torch.cat([part.amax(axis, keepdim=True) for part in _cells(x, axis, cells)], axis)
    return x, None


def _cells(x: Tensor, axis: int, cells: int) -> list[Tensor]:
    size = x.shape[axis]
    bounds = [(i * size // cells, -(-(i + 1) * size // cells)) for i in range(cells)]
    return [x.narrow(axis, first, last - first) for first, last in bounds]


def conv_transpose_cropped(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sequence[int] = (1, 1),
    padding: Sequence[int] = (0, 0),
    output_padding: Sequence[int] = (0, 0),
    groups: int = 1,
    dilation: Sequence[int] = (1, 1),
) -> Tensor:
    """As `conv_transpose2d`: all that it computes, then without what `padding` takes away."""
    stride, padding, more, dilation = map(_pair, (stride, padding, output_padding, dilation))
    y = functional.conv_transpose2d(x, weight, None, stride, 0, 0, groups, dilation)
    for axis in (-2, -1):
        kernel, size = weight.shape[axis], x.shape[axis]
        kept = (size - 1) * stride[axis] - 2 * padding[axis] + dilation[axis] * (kernel - 1) + 1
        end = padding[axis] + kept + more[axis]
        if end > y.shape[axis]:
            beyond = [0, 0, 0, 0]
            beyond[1 if axis == -1 else 3] = end - y.shape[axis]
            y = functional.pad(y, beyond)
        y = y.narrow(axis, padding[axis], kept + more[axis])
    return y if bias is None else y + bias.reshape(-1, 1, 1)


def conv_transpose_spread(
    kernels: Tensor,
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sequence[int] = (1, 1),
    padding: Sequence[int] = (0, 0),
    output_padding: Sequence[int] = (0, 0),
    groups: int = 1,
    dilation: Sequence[int] = (1, 1),
) -> Tensor:
    """As `conv_transpose2d`: a convolution of a picture with zeros between its pixels.

    Args:
        kernels: (C_out, C_in / groups, *K), as `turned_kernels` gives them.
    """
    stride, padding, more, dilation = map(_pair, (stride, padding, output_padding, dilation))
    for axis in (-2, -1):
        reach = dilation[axis] * (kernels.shape[axis] - 1)
        end = reach - padding[axis] + more[axis] + 1 - stride[axis]
        x = _extended(_spread(x, axis, stride[axis]), axis, reach - padding[axis], end)
    return functional.conv2d(x, kernels, bias, 1, 0, dilation, groups)


def turned_kernels(weight: Tensor, groups: int) -> Tensor:
    """Weights (C_in, C_out / groups, *K) of a transposed convolution as those of a convolution."""
    inputs, outputs, *kernel = weight.shape
    grouped = weight.reshape(groups, inputs // groups, outputs, *kernel).transpose(1, 2)
    return grouped.reshape(groups * outputs, inputs // groups, *kernel).flip(-2, -1).contiguous()


def _spread(x: Tensor, axis: int, stride: int) -> Tensor:
    """Put zeros behind every pixel along an axis, as many as make it `stride` long."""
    if stride == 1:
        return x
    shape = list(x.shape)
    shape[axis] *= stride
    behind = (0, stride - 1) if axis == -1 else (0, 0, 0, stride - 1)
    return functional.pad(x.unsqueeze(-1 if axis == -1 else -2), behind).reshape(shape)


def _extended(x: Tensor, axis: int, before: int, after: int) -> Tensor:
    """Zeros before and after; what is negative is taken away."""
    zeros = [max(before, 0), max(after, 0)]
    x = functional.pad(x, zeros if axis == -1 else [0, 0, *zeros])
    first = max(-before, 0)
    return x.narrow(axis, first, x.shape[axis] - first - max(-after, 0))


def _pair(value: Sequence[int]) -> tuple[int, int]:
    return (value[0], value[0]) if len(value) == 1 else (value[0], value[1])
