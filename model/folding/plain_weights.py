"""Layers that compute their weights from others, made layers that have them.

Weight standardization, weight normalization and spectral normalization are functions of the
weights alone in eval mode: what they give is computed once. Which weights a layer really uses, and
whether the picture had a part in them, is seen in one forward pass.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrize
from torch.nn.utils.spectral_norm import SpectralNorm, remove_spectral_norm
from torch.nn.utils.weight_norm import WeightNorm, remove_weight_norm
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from irrvit.model.folding.move import Move, paths_of, replace_module
from irrvit.model.folding.widening import numbers_in

KIND = "computed_weight"

_Pad = tuple[int, int, int, int]  # Left, right, top, bottom.


def remove_parametrizations(network: nn.Module) -> list[Move]:
    """Leave a network, which must be a copy, with the weights that its parametrizations give."""
    moves = []
    for path, module in network.named_modules():
        hooks = list(module._forward_pre_hooks.values())
        norms = [h for h in hooks if isinstance(h, WeightNorm | SpectralNorm)]
        for norm in norms:
            remove = remove_weight_norm if isinstance(norm, WeightNorm) else remove_spectral_norm
            remove(module, norm.name)
        if parametrize.is_parametrized(module):
            _make_plain(module)
        elif not norms:
            continue
        if path:
            moves.append(Move("parametrization", (path,)))
    return moves


@torch.no_grad()
def _make_plain(module: nn.Module) -> None:
    """As torch's `remove_parametrizations`, which takes the weights from all copies' class."""
    parametrizations = module.parametrizations
    assert isinstance(parametrizations, nn.ModuleDict)
    values = {name: getattr(module, name).detach().clone() for name in parametrizations}
    del module._modules["parametrizations"]
    module.__class__ = type(module).__bases__[0]
    for name, value in values.items():
        module.register_parameter(name, nn.Parameter(value))


@dataclass(frozen=True)
class _Conv:
    """A call of `conv2d`."""

    input: Tensor
    weight: Tensor
    bias: Tensor | None
    stride: Any
    padding: Any
    dilation: Any
    groups: int


class _Watch(TorchFunctionMode):
    """What depends on the image, and every convolution with what it used.

    Tensors are told apart by `id`, so all of them are kept alive until the pass is judged.
    """

    def __init__(self, image: Tensor) -> None:
        super().__init__()
        self._kept: list[object] = [image]
        self._from_image = {id(image)}
        self.convs: dict[int, _Conv] = {}
        self.pads: dict[int, tuple[Tensor, _Pad]] = {}

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        given = [leaf for leaf in tree_leaves((args, kwargs)) if isinstance(leaf, Tensor)]
        made = [leaf for leaf in tree_leaves(result) if isinstance(leaf, Tensor)]
        self._kept += [*given, *made]
        if any(id(tensor) in self._from_image for tensor in given):
            self._from_image |= {id(tensor) for tensor in made}
        if func is torch.conv2d:
            self.convs[id(result)] = _call(*args, **(kwargs or {}))
        elif func is functional.pad and (pad := _zeros(*args, **(kwargs or {}))):
            self.pads[id(result)] = pad
        return result

    def is_constant(self, tensor: Tensor | None) -> bool:
        return tensor is None or id(tensor) not in self._from_image


def fold_computed_weights(
    network: nn.Module, image: Tensor, left_out: Container[Move] = ()
) -> list[Move]:
    """Give each convolution of a network, which must be a copy, the weights that it computes."""
    candidates = [m for m in network.modules() if isinstance(m, nn.Conv2d) and _is_special(m)]
    if not candidates:
        return []
    watch, calls = _Watch(image), {}

    def remember(module: nn.Module, inputs: tuple[object, ...], output: object) -> None:
        calls.setdefault(module, []).append((inputs[0] if inputs else None, output))

    hooks = [layer.register_forward_hook(remember) for layer in candidates]
    try:
        with torch.no_grad(), numbers_in(image.dtype), watch:
            network(image)
    finally:
        for hook in hooks:
            hook.remove()
    moves = []
    for layer in candidates:
        plain = _plain(layer, calls.get(layer, []), watch)
        paths = paths_of(network, layer)
        move = Move(KIND, tuple(paths[:1]))
        if plain is not None and len(paths) == 1 and move not in left_out:
            replace_module(network, paths[0], plain)
            moves.append(move)
    return moves


def _is_special(layer: nn.Conv2d) -> bool:
    """Whether it is a convolution of somebody's own; ours are `Foldable`."""
    own = type(layer).forward is not nn.Conv2d.forward
    return own and not type(layer).__module__.startswith("irrvit.")


def _plain(layer: nn.Conv2d, calls: list[tuple[Any, Any]], watch: _Watch) -> nn.Module | None:
    """The layer as a convolution with weights of its own; None if it is more than that."""
    if len(calls) != 1 or id(calls[0][1]) not in watch.convs:
        return None
    conv, given = watch.convs[id(calls[0][1])], calls[0][0]
    is_computed = conv.weight is not layer.weight
    if not is_computed or not watch.is_constant(conv.weight) or not watch.is_constant(conv.bias):
        return None
    replacement = _layer(conv)
    if conv.input is given:
        return replacement
    source, pad = watch.pads.get(id(conv.input), (None, (0, 0, 0, 0)))
    return nn.Sequential(nn.ZeroPad2d(pad), replacement).eval() if source is given else None


def _layer(conv: _Conv) -> nn.Conv2d:
    out, per_group, *kernel = conv.weight.shape
    layer = nn.Conv2d(
        per_group * conv.groups,
        out,
        (kernel[0], kernel[1]),
        conv.stride,
        conv.padding,
        conv.dilation,
        conv.groups,
        bias=conv.bias is not None,
        device="meta",
    )
    layer.weight = nn.Parameter(conv.weight.detach().clone())
    if conv.bias is not None:
        layer.bias = nn.Parameter(conv.bias.detach().clone())
    return layer.eval()


def _call(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1) -> _Conv:
    return _Conv(input, weight, bias, stride, padding, dilation, groups)


def _zeros(input, pad, mode="constant", value=None) -> tuple[Tensor, _Pad] | None:
    """What was padded and by how much, if by zeros and in the picture's two axes."""
    if mode != "constant" or value or len(pad) not in (2, 4):
        return None
    left, right, top, bottom = (*pad, 0, 0)[:4]
    return input, (left, right, top, bottom)
