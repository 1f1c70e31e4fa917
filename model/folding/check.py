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
from irrvit.model.folding.fold import Folded, fold, fold_input, unfolded_input
from irrvit.model.folding.move import Move, is_within
from irrvit.model.folding.widening import numbers_in, widen
from irrvit.model.spec import InputSpec

LIMIT = 1e-9
"""Largest difference, relative to the range of the reference, that float64 rounding may make."""

FLOAT32_LIMIT = 3e-5
"""The same for networks that cannot be run in float64: a third of what a float32 file may err."""

_LIMITS = {torch.float64: LIMIT, torch.float32: FLOAT32_LIMIT}
_WHOLE = "the whole network"


class FoldCheck(BaseModel):
    """What was folded, and how far that took each changed part and the whole in float64.

    Attributes:
        folded: how many times each kind of thing was folded.
        blocks: name and largest relative difference of each part that was compared by itself.
        max_rel: of the whole network, from raw pixels to logits.
        findings: what was left out because it did not hold, and what could not be judged so.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    folded: dict[str, int]
    blocks: tuple[tuple[str, float], ...]
    max_rel: float
    findings: tuple[str, ...] = ()


class WrongPrecision(FoldError):
    """A network does not keep to the type of numbers that it is judged in."""


class FoldDiffers(FoldError):
    """Parts of a folded network are not the same functions; `parts` has their names."""

    def __init__(self, differences: list[tuple[str, float]], limit: float) -> None:
        self.parts = tuple(name for name, _ in differences)
        name, difference = differences[0]
        super().__init__(
            f"folding changed {name}: it differs by {difference:.1e} of its range, and rounding "
            f"alone stays below {limit:.0e}"
        )


def fold_checked(
    network: nn.Module, spec: InputSpec, pixels: Tensor
) -> tuple[nn.Module, FoldCheck]:
    """Fold a network with its preprocessing, and prove it: raw pixels (1, 3, H, W) -> logits.

    A fold that does not hold is left out, and the check says so.

    Returns:
        The folded network in float32, and the check.

    Raises:
        FoldError: nothing can be compared, or the network differs although nothing is folded.
        ModelError: the network is in train mode.
    """
    try:
        folded, check = _fold_what_holds(widen(network), spec, pixels, torch.float64)
        return folded.float(), check
    except (RuntimeError, TypeError, WrongPrecision) as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:120]
    folded, check = _fold_what_holds(network, spec, pixels, torch.float32)
    finding = (
        f"folding was judged in float32, where it differs by {check.max_rel:.0e} (at most "
        f"{FLOAT32_LIMIT:.0e}): the network does not run in float64 ({reason})"
    )
    return folded, check.model_copy(update={"findings": (*check.findings, finding)})


def _fold_what_holds(
    network: nn.Module, spec: InputSpec, pixels: Tensor, dtype: torch.dtype
) -> tuple[nn.Module, FoldCheck]:
    """Fold; while that changes the network, fold again without what is to blame."""
    left_out: dict[Move, None] = {}
    findings: list[str] = []
    while True:
        folded = fold_input(fold(network, spec, left_out), spec, left_out)
        try:
            check = check_fold(network, folded, spec, pixels, dtype)
            return folded.network, check.model_copy(update={"findings": tuple(findings)})
        except FoldDiffers as error:
            blamed = _blamed(folded.moves, error.parts)
            if not blamed:
                raise
            left_out |= dict.fromkeys(blamed)
            findings.append(f"{len(blamed)} folds ({_kinds(blamed)}) were left out: {error}")


def _blamed(moves: tuple[Move, ...], parts: tuple[str, ...]) -> list[Move]:
    """The moves inside the parts that differ; if only the whole does, those of the last kind."""
    inside = [m for m in moves if any(is_within(path, part) for path in m.paths for part in parts)]
    last = moves[-1].kind if moves else ""
    return inside or [move for move in moves if move.kind == last]


def _kinds(moves: list[Move]) -> str:
    return ", ".join(sorted({move.kind for move in moves}))


def check_fold(
    network: nn.Module,
    folded: Folded,
    spec: InputSpec,
    pixels: Tensor,
    dtype: torch.dtype = torch.float64,
) -> FoldCheck:
    """Compare a folded network with the unfolded one.

    Args:
        network: normalized (B, 3, H, W) -> logits.
        folded: as `fold_input` returns it.
        pixels: raw (B, 3, H, W), 0..255.
        dtype: of both networks; float32 where float64 cannot be had.

    Raises:
        FoldDiffers: a part differs by the limit of this type or more.
        FoldError: there was nothing to compare.
    """
    if pixels.numel() == 0:
        raise FoldError("there are no pictures: nothing was compared")
    reference = unfolded_input(copy.deepcopy(network), spec)
    pixels = pixels.to(dtype)
    with torch.no_grad(), numbers_in(dtype):
        blocks = _compare_blocks(reference, folded, pixels)
        expected, got = reference(pixels), folded.network(pixels)
    _refuse_meaningless(expected)
    whole, limit = relative_difference(expected, got, dtype), _LIMITS[dtype]
    wrong = [(n, rel) for n, rel in [*blocks, (_WHOLE, whole)] if not rel < limit]
    if wrong:
        raise FoldDiffers(wrong, limit)
    return FoldCheck(folded=folded.counts, blocks=tuple(blocks), max_rel=whole)


def relative_difference(expected: object, got: object, dtype: torch.dtype = torch.float64) -> float:
    """Largest difference of two outputs, relative to the range of the expected one."""
    wanted, found = _tensors(expected, dtype), _tensors(got, dtype)
    if any(tensor.dtype != dtype for tensor in (*wanted, *found)):
        got_types = ", ".join(sorted({str(tensor.dtype) for tensor in (*wanted, *found)}))
        raise WrongPrecision(f"a fold is judged in {dtype} and got {got_types}: widen the network")
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
    with ExitStack() as hooks:
        for name, differences in found.items():
            original = reference.get_submodule(f"network.{name}")
            candidate = folded.network.get_submodule(f"network.{name}")
            for hook in _compare_calls(original, candidate, differences, pixels.dtype):
                hooks.callback(hook.remove)
        reference(pixels)
    missed = [name for name, differences in found.items() if not differences]
    if missed:
        raise FoldError(f"folded parts that never ran, so nothing was compared: {missed}")
    return [(name, max(differences)) for name, differences in found.items()]


def _compare_calls(
    original: nn.Module, candidate: nn.Module, differences: list[float], dtype: torch.dtype
) -> tuple[RemovableHandle, RemovableHandle]:
    """Run the candidate at every call of the original and note how far apart they are."""
    inputs: list[tuple[tuple, dict]] = []

    def keep(_module: nn.Module, args: tuple, kwargs: dict) -> None:
        # Cloned, since a module may write into its input.
        inputs.append(tree_map_only(Tensor, Tensor.clone, (args, kwargs)))

    def compare(_module: nn.Module, _args: tuple, output: object) -> None:
        args, kwargs = inputs.pop()
        differences.append(relative_difference(output, candidate(*args, **kwargs), dtype))

    return (
        original.register_forward_pre_hook(keep, with_kwargs=True),
        original.register_forward_hook(compare),
    )


def _refuse_meaningless(reference: object) -> None:
    outputs = _tensors(reference, torch.float64)
    if not all(output.isfinite().all() for output in outputs):
        raise FoldError("the reference's outputs are not finite: nothing can be compared with them")
    if all(_is_constant(output) for output in outputs):
        raise FoldError(
            "the reference's outputs are all the same, so a comparison would show nothing: "
            "give the network trained or healthy random weights"
        )


def _is_constant(output: Tensor) -> bool:
    return bool(output.max() - output.min() <= 1e-9 * output.abs().max())


def _tensors(output: object, dtype: torch.dtype) -> list[Tensor]:
    """All tensors of an output; indices and counters as numbers of the type asked for."""
    tensors = [leaf for leaf in tree_leaves(output) if isinstance(leaf, Tensor)]
    return [t if t.is_floating_point() else t.to(dtype) for t in tensors]
