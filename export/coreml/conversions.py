"""Operations of torch whose conversion coremltools 9.0 lacks or gets wrong: conversions of our own.

Each says what is wrong and where it was reported. None may use a form that Apple's runtime is known
to compute in another way than its documentation says: docs/interpreter.md lists those.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from irrvit.export.coreml.tools import coremltools

_builder = coremltools.converters.mil.Builder
_torch_ops = importlib.import_module("coremltools.converters.mil.frontend.torch.ops")


def _register(convert: Callable[[Any, Any], None]) -> None:
    """Let coremltools convert the operation of the function's name by it."""
    coremltools.converters.mil.register_torch_op(override=True)(convert)


def _values(context: Any, node: Any) -> list[Any]:
    """What the operation takes, numbers and lists as constants; None for what it was not given."""
    return _torch_ops._get_inputs(context, node)  # pyright: ignore[reportPrivateUsage]


@_register
def alias(context: Any, node: Any) -> None:
    """A second name of a tensor, which coremltools lacks and Swin has."""
    context.add(context[node.inputs[0]], torch_name=node.name)


@_register
def avg_pool1d(context: Any, node: Any) -> None:
    """As `avg_pool2d`."""
    context.add(_avg_pool(*_values(context, node), name=node.name))


@_register
def avg_pool2d(context: Any, node: Any) -> None:
    """Averages by explicit padding alone, without `ceil_mode`.

    torch never counts what `ceil_mode` adds beyond the picture, Core ML does
    (github.com/apple/coremltools/issues/2772).
    """
    context.add(_avg_pool(*_values(context, node), name=node.name))


@_register
def remainder(context: Any, node: Any) -> None:
    """x - floor(x / y) * y, also of a division by 1.

    coremltools writes `floor_div`, and then drops one by 1 as if it changed nothing, which leaves 0
    (github.com/apple/coremltools/issues/2836).
    """
    x, y = _torch_ops.promote_input_dtypes(_values(context, node)[:2])
    whole = _builder.floor(x=_builder.real_div(x=x, y=y))
    context.add(_builder.sub(x=x, y=_builder.mul(x=whole, y=y), name=node.name))


@_register
def rms_norm(context: Any, node: Any) -> None:
    """x / sqrt(mean(x ^ 2) + epsilon), by x / m so that no square overflows float16.

    coremltools takes m = max |x| and forgets that epsilon becomes epsilon / m ^ 2
    (github.com/apple/coremltools/issues/2821); here m is at least 1, so that 0 stays 0.
    """
    x, shape, *optional = _values(context, node)
    weight, epsilon = (*optional, None, None)[:2]
    axes = list(range(-len(shape.val), 0))
    eps = np.finfo(np.float32).eps if epsilon is None else epsilon.val
    largest = _builder.reduce_max(x=_builder.abs(x=x), axes=axes, keep_dims=True)
    largest = _builder.maximum(x=largest, y=np.float32(1))
    scaled = _builder.real_div(x=x, y=largest)
    mean = _builder.reduce_mean(x=_builder.square(x=scaled), axes=axes, keep_dims=True)
    small = _builder.real_div(x=np.float32(eps), y=_builder.square(x=largest))
    root = _builder.sqrt(x=_builder.add(x=mean, y=small))
    if weight is None:
        context.add(_builder.real_div(x=scaled, y=root, name=node.name))
    else:
        unit = _builder.real_div(x=scaled, y=root)
        context.add(_builder.mul(x=unit, y=weight, name=node.name))


def _avg_pool(
    x: Any,
    kernel: Any,
    stride: Any = None,
    padding: Any = None,
    ceil_mode: Any = None,
    count_include_pad: Any = None,
    divisor_override: Any = None,
    *,
    name: str,
) -> Any:
    sizes = [int(k) for k in kernel.val]
    steps = sizes if stride is None or not list(stride.val) else [int(s) for s in stride.val]
    sides = [0] * len(sizes) if padding is None else [int(p) for p in padding.val]
    counts = count_include_pad is None or bool(count_include_pad.val)
    beyond = [0] * len(sizes)
    if ceil_mode is not None and ceil_mode.val:
        shape = x.shape[-len(sizes) :]
        beyond = [_beyond(*axis) for axis in zip(shape, sizes, steps, sides, strict=True)]
    divisor = None if divisor_override is None else divisor_override.val
    if any(sides) and (counts or divisor is not None):
        # Zeros that count are written out: they are told from those beyond, and Core ML is reported
        # to go wrong with 3 rows of its own around a kernel of 7 (apple/coremltools/issues/1901).
        x = _builder.pad(
            x=x, pad=_pairs(sides, [0] * len(sides)), mode="constant", constant_val=0.0
        )
        sides = [0] * len(sides)
    mean = _builder.avg_pool(
        x=x,
        kernel_sizes=sizes,
        strides=steps,
        pad_type="custom",
        pad=_pairs(sides, beyond),
        exclude_padding_from_average=divisor is None and (not counts or any(beyond)),
        name=name if divisor is None else f"{name}_mean",
    )
    if divisor is None:
        return mean
    return _builder.mul(x=mean, y=np.float32(math.prod(sizes) / divisor), name=name)


def _pairs(sides: Sequence[int], beyond: Sequence[int]) -> list[int]:
    return [n for side, more in zip(sides, beyond, strict=True) for n in (side, side + more)]


def _beyond(size: int, kernel: int, step: int, side: int) -> int:
    """By how many rows the last window of torch's `ceil_mode` goes beyond picture and padding."""
    count = -(-(size + 2 * side - kernel) // step) + 1
    if (count - 1) * step >= size + side:
        count -= 1  # It would begin beyond the picture.
    return max(0, (count - 1) * step + kernel - size - 2 * side)
