"""The proof that a folded network is the network it was folded from."""

from __future__ import annotations

import copy
from contextlib import ExitStack
from math import isnan

import torch
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn
from torch.utils._pytree import tree_leaves, tree_map_only
from torch.utils.hooks import RemovableHandle

from irrvit.model.errors import FoldError
from irrvit.model.folding.fold import Folded, fold, fold_input, unfolded_input, widen
from irrvit.model.spec import InputSpec

LIMIT = 1e-9
"""Largest difference, relative to the range of the reference, that float64 rounding may make."""


class FoldCheck(BaseModel):
    """What was folded, and how far that took each changed part and the whole in float64.

    Attributes:
        folded: how many times each kind of thing was folded.
        blocks: name and largest relative difference of each part that was compared by itself.
        max_rel: of the whole network, from raw pixels to logits.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folded: dict[str, int]
    blocks: tuple[tuple[str, float], ...]
    max_rel: float


def fold_checked(
    network: nn.Module, spec: InputSpec, pixels: Tensor
) -> tuple[nn.Module, FoldCheck]:
    """Fold a network with its preprocessing, and prove it: raw pixels (1, 3, H, W) -> logits.

    Returns:
        The folded network in float32, and the check.

    Raises:
        FoldError: naming the part that is no longer the same function.
        ModelError: the network is in train mode.
    """
    wide = widen(network)
    folded = fold_input(fold(wide, spec), spec)
    check = check_fold(wide, folded, spec, pixels)
    return folded.network.float(), check


def check_fold(network: nn.Module, folded: Folded, spec: InputSpec, pixels: Tensor) -> FoldCheck:
    """Compare a folded network with the unfolded one; both are float64 (see `widen`).

    Args:
        network: normalized (B, 3, H, W) -> logits.
        folded: as `fold_input` returns it.
        pixels: raw (B, 3, H, W), 0..255.

    Raises:
        FoldError: a part differs by `LIMIT` or more, or there was nothing to compare.
    """
    if pixels.numel() == 0:
        raise FoldError("there are no pictures: nothing was compared")
    reference = unfolded_input(copy.deepcopy(network), spec)
    blocks = _compare_blocks(reference, folded, pixels.double())
    with torch.no_grad():
        expected, got = reference(pixels.double()), folded.network(pixels.double())
    _refuse_meaningless(expected)
    whole = relative_difference(expected, got)
    for name, difference in [*blocks, ("the whole network", whole)]:
        if not difference < LIMIT:
            raise FoldError(
                f"folding changed {name}: it differs by {difference:.1e} of its range in float64, "
                f"and rounding alone stays below {LIMIT:.0e}"
            )
    return FoldCheck(folded=folded.counts, blocks=tuple(blocks), max_rel=whole)


def relative_difference(expected: object, got: object) -> float:
    """Largest difference of two outputs, relative to the range of the expected one."""
    wanted, found = _tensors(expected), _tensors(got)
    if any(tensor.dtype != torch.float64 for tensor in (*wanted, *found)):
        raise FoldError("a fold is judged in float64; widen the network before folding it")
    if not wanted or [a.shape for a in wanted] != [b.shape for b in found]:
        return float("inf")
    return max(_relative(a, b) for a, b in zip(wanted, found, strict=True))


def _relative(expected: Tensor, got: Tensor) -> float:
    difference = (expected - got).abs().max()
    if difference == 0:
        return 0.0
    share = (difference / (expected.max() - expected.min())).item()
    return float("inf") if isnan(share) else share


def _compare_blocks(
    reference: nn.Module, folded: Folded, pixels: Tensor
) -> list[tuple[str, float]]:
    """Give each folded part the inputs that the unfolded one sees in the reference's run."""
    found: dict[str, list[float]] = {name: [] for name in folded.blocks}
    with torch.no_grad(), ExitStack() as hooks:
        for name, differences in found.items():
            original = reference.get_submodule(f"network.{name}")
            candidate = folded.network.get_submodule(f"network.{name}")
            for hook in _compare_calls(original, candidate, differences):
                hooks.callback(hook.remove)
        reference(pixels)
    missed = [name for name, differences in found.items() if not differences]
    if missed:
        raise FoldError(f"folded parts that never ran, so nothing was compared: {missed}")
    return [(name, max(differences)) for name, differences in found.items()]


def _compare_calls(
    original: nn.Module, candidate: nn.Module, differences: list[float]
) -> tuple[RemovableHandle, RemovableHandle]:
    """Run the candidate at every call of the original and note how far apart they are."""
    inputs: list[tuple[tuple, dict]] = []

    def keep(_module: nn.Module, args: tuple, kwargs: dict) -> None:
        # Cloned, since a module may write into its input.
        inputs.append(tree_map_only(Tensor, Tensor.clone, (args, kwargs)))

    def compare(_module: nn.Module, _args: tuple, output: object) -> None:
        args, kwargs = inputs.pop()
        differences.append(relative_difference(output, candidate(*args, **kwargs)))

    return (
        original.register_forward_pre_hook(keep, with_kwargs=True),
        original.register_forward_hook(compare),
    )


def _refuse_meaningless(reference: Tensor) -> None:
    if not reference.isfinite().all():
        raise FoldError("the reference's logits are not finite: nothing can be compared with them")
    spread = (reference.max() - reference.min()).item()
    if spread <= 1e-9 * reference.abs().max().item():
        raise FoldError(
            "the reference's logits are all the same, so a comparison would show nothing: "
            "give the network trained or healthy random weights"
        )


def _tensors(output: object) -> list[Tensor]:
    return [leaf for leaf in tree_leaves(output) if isinstance(leaf, Tensor)]
