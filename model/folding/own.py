"""The folds that timm's networks offer themselves."""

from __future__ import annotations

from collections.abc import Container, Iterator

import torch
from torch import nn

from irrvit.model.folding.move import Move, replace_module
from irrvit.model.folding.widening import numbers_in

KIND = "reparameterization"
# What timm's `reparameterize_model` looks for, in this order.
_OFFERS = ("fuse", "reparameterize", "switch_to_deploy")


def fold_own(network: nn.Module, left_out: Container[Move] = ()) -> list[Move]:
    """Let the parts of a timm network, which must be a copy, fold themselves as they offer to.

    The outermost part that offers a fold is one thing: what it does it may undo elsewhere in
    itself.
    """
    if not type(network).__module__.startswith("timm."):
        return []
    moves = []
    for path, part in list(_offering(network, "")):
        move = Move(KIND, (path,))
        if move in left_out:
            continue
        before = _signatures(part)
        with torch.no_grad(), numbers_in(next(network.parameters()).dtype):
            folded = _folded(part)
        replace_module(network, path, folded)
        if folded is not part or _signatures(folded) != before:
            moves.append(move)
    return moves


def _offering(module: nn.Module, path: str) -> Iterator[tuple[str, nn.Module]]:
    for name, child in module.named_children():
        inner = f"{path}.{name}".lstrip(".")
        if any(hasattr(child, offer) for offer in _OFFERS):
            yield inner, child
        else:
            yield from _offering(child, inner)


def _folded(module: nn.Module) -> nn.Module:
    """The module folded as a whole, then its parts."""
    offer = next((name for name in _OFFERS if hasattr(module, name)), None)
    if offer is not None:
        given = getattr(module, offer)()
        module = given if offer == "fuse" else module
    for name, child in module.named_children():
        setattr(module, name, _folded(child))
    return module


def _signatures(network: nn.Module) -> dict[str, tuple[type, tuple[str, ...], tuple[str, ...]]]:
    return {
        path: (
            type(module),
            tuple(name for name, _ in module.named_children()),
            tuple(name for name, _ in module.named_parameters(recurse=False)),
        )
        for path, module in network.named_modules()
    }
