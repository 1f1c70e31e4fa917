"""Folding: the same function with fewer operations, by exact algebra, and the proof that it is.

    folded = fold_input(fold(widen(network), spec), spec)

`irrvit.model.folding.check` does this in float64 and rounds once at the end, so that it can judge
the very network that is exported, far below what float32 could show.
"""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Container
from dataclasses import dataclass

import torch
from torch import Tensor, fx, nn

from irrvit.model.errors import ModelError
from irrvit.model.folding.affine import with_weights
from irrvit.model.folding.constants import fold_constants
from irrvit.model.folding.foldable import Foldable
from irrvit.model.folding.generic import fold_batch_norms, sole_reader
from irrvit.model.folding.move import Move, is_within, replace_module
from irrvit.model.folding.own import fold_own
from irrvit.model.folding.plain_weights import fold_computed_weights, remove_parametrizations
from irrvit.model.spec import InputSpec

_INPUT = "<input>"


@dataclass(frozen=True)
class Folded:
    """A folded network and what was done to it."""

    network: nn.Module
    moves: tuple[Move, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many times each kind of thing was folded."""
        return dict(sorted(Counter(move.kind for move in self.moves).items()))

    @property
    def blocks(self) -> tuple[str, ...]:
        """The smallest parts that folding changed inside but not as functions.

        Such a part holds every move that touches it as a whole, and lies in no part that was
        replaced as a whole.
        """
        candidates = sorted({_smallest_block(move.paths) for move in self.moves} - {""})
        return tuple(block for block in candidates if all(_keeps(block, m) for m in self.moves))


class PixelInput(nn.Module):
    """A network behind `(pixels - mean) * scale`: raw pixels (B, 3, H, W), 0..255 -> logits.

    The mean is an operation of its own: inside a convolution it would be wrong at the borders,
    which are padded with zeros, and zero is the mean only after the subtraction.
    """

    mean: Tensor
    scale: Tensor | None

    def __init__(self, network: nn.Module, mean: Tensor, scale: Tensor | None) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", mean)
        self.register_buffer("scale", scale)
        self.eval()

    def forward(self, pixels: Tensor) -> Tensor:
        x = pixels - self.mean
        return self.network(x if self.scale is None else x * self.scale)


class UnfoldedInput(nn.Module):
    """A network behind its preprocessing: raw pixels (B, 3, H, W), 0..255 -> logits."""

    mean: Tensor
    std: Tensor

    def __init__(self, network: nn.Module, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("mean", mean)
        self.register_buffer("std", std)

    def forward(self, pixels: Tensor) -> Tensor:
        return self.network((pixels / 255 - self.mean) / self.std)


def fold(network: nn.Module, spec: InputSpec, left_out: Container[Move] = ()) -> Folded:
    """Fold a copy of a network, normalized (B, 3, H, W) -> logits; the network is not changed.

    Args:
        left_out: folds that are not made, because they did not hold.

    Raises:
        ModelError: the network is in train mode.
    """
    _refuse_train_mode(network)
    copied = copy.deepcopy(network)
    moves = [*remove_parametrizations(copied), *fold_constants(copied, left_out)]
    folded = _fold_ours(copied, "", moves, left_out)
    moves += fold_own(folded, left_out)
    example = _example(folded, spec)
    moves += fold_computed_weights(folded, example, left_out)
    moves += fold_batch_norms(folded, example, left_out)
    return Folded(folded.requires_grad_(False), tuple(moves))


def fold_input(folded: Folded, spec: InputSpec, left_out: Container[Move] = ()) -> Folded:
    """Return the network with the preprocessing inside: raw pixels (B, 3, H, W) -> logits.

    The scale goes into the first convolution if that is all that reads the image.

    Args:
        left_out: as for `fold`.
    """
    network = copy.deepcopy(folded.network)
    example = _example(network, spec)
    mean = _per_channel(spec.mean, example) * 255
    scale = 1 / (_per_channel(spec.std, example) * 255)
    path = sole_reader(network, example)
    moves = folded.moves
    if path is not None and Move("input_scale", (path, _INPUT)) in left_out:
        path = None
    if path is not None:
        conv = network.get_submodule(path)
        assert isinstance(conv, nn.Conv2d)
        replace_module(network, path, with_weights(conv, conv.weight * scale, conv.bias))
        moves += (Move("input_scale", (path, _INPUT)),)
    pixels_in = PixelInput(network, mean, scale if path is None else None)
    return Folded(pixels_in.requires_grad_(False), moves)


def unfolded_input(network: nn.Module, spec: InputSpec) -> nn.Module:
    """Return the network behind its preprocessing, nothing folded: raw pixels -> logits."""
    example = _example(network, spec)
    return UnfoldedInput(network, _per_channel(spec.mean, example), _per_channel(spec.std, example))


def _fold_ours(
    module: nn.Module, path: str, moves: list[Move], left_out: Container[Move]
) -> nn.Module:
    """Replace foldable layers from the outside in; go on in the replacement only."""
    if isinstance(module, Foldable):
        own = [Move(kind, (path,)) for kind, n in module.folds.items() for _ in range(n)]
        if not any(move in left_out for move in own):
            moves += own
            module = module.fold()
    for name, child in module.named_children():
        setattr(module, name, _fold_ours(child, f"{path}.{name}".lstrip("."), moves, left_out))
    return module


def _smallest_block(paths: tuple[str, ...]) -> str:
    """The path of the smallest module that holds all of them."""
    shared: list[str] = []
    for names in zip(*(path.split(".") for path in paths), strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return ".".join(shared)


def _keeps(block: str, move: Move) -> bool:
    """Whether a move leaves the function of a block as it is."""
    if all(is_within(path, block) for path in move.paths):
        return True
    return not any(is_within(path, block) or is_within(block, path) for path in move.paths)


def _refuse_train_mode(network: nn.Module) -> None:
    # A saved program has no mode: it does what it did when it was traced.
    if isinstance(network, fx.GraphModule):
        return
    training = [path for path, module in network.named_modules() if module.training]
    if training:
        raise ModelError(
            f"cannot fold a network in train mode ({len(training)} modules, the first is "
            f"'{training[0] or type(network).__name__}'): call eval() first"
        )


def _example(network: nn.Module, spec: InputSpec) -> Tensor:
    """Zeros (1, C, H, W) of the network's own precision."""
    dtypes = (tensor.dtype for tensor in network.state_dict().values())
    dtype = next((dtype for dtype in dtypes if dtype.is_floating_point), torch.float32)
    return torch.zeros(1, spec.channels, spec.height, spec.width, dtype=dtype)


def _per_channel(values: tuple[float, ...], like: Tensor) -> Tensor:
    return torch.tensor(values, dtype=like.dtype).reshape(1, -1, 1, 1)
