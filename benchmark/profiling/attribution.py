"""Which module of the network each operator of a runtime belongs to: pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from irrvit.benchmark.profiling.operation import FileOperation

OTHER, NETWORK = "other", "network"
_BLOCK = re.compile(r"blocks\.\d+")
# The parts of IRRViT, by the paths of their modules.
_PARTS = (
    (re.compile(r"(stem\.\d+)\b.*"), r"\1"),
    (re.compile(r"patch_embed\.patches\.(?:branches\.)?(\d+)\b.*"), r"patch_embed.branch\1"),
    (re.compile(r"(blocks\.\d+)\.(?:norm1|attention)\b.*"), r"\1.attention"),
    (re.compile(r"(blocks\.\d+)\.(?:norm2|mlp)\b.*"), r"\1.mlp"),
    (re.compile(r"(blocks\.\d+|stem|patch_embed|fusion|head)\b.*"), r"\1"),
)


def irrvit_module(path: str) -> str:
    """The part of IRRViT that a module's path lies in."""
    for pattern, module in _PARTS:
        if pattern.fullmatch(path):
            return pattern.sub(module, path)
    return NETWORK


def any_module(path: str) -> str:
    """The first two levels of a module's path."""
    return ".".join(path.split(".")[:2]) or NETWORK


def modules(
    owners: Sequence[int | None],
    operations: Sequence[FileOperation],
    module_of: Callable[[str], str],
) -> list[str]:
    """The module of each operator, in the order of the operators."""
    paths = [None if owner is None else operations[owner].path for owner in owners]
    modules = _sums_with_what_they_add([None if p is None else module_of(p) for p in paths])
    return _between(modules)


def _sums_with_what_they_add(modules: Sequence[str | None]) -> list[str | None]:
    """The two sums of a block stand in neither of its halves: each is part of the half before."""
    joined: list[str | None] = []
    before = ""
    for module in modules:
        if module and _BLOCK.fullmatch(module) and before.startswith(f"{module}."):
            joined.append(before)
        else:
            joined.append(module)
            before = module or before
    return joined


def _between(modules: Sequence[str | None]) -> list[str]:
    """What a runtime put between two operators of one module is that module's, else nobody's."""
    known = [i for i, module in enumerate(modules) if module is not None]
    filled = [module or OTHER for module in modules]
    for left, right in pairwise(known):
        if modules[left] == modules[right]:
            filled[left:right] = [filled[left]] * (right - left)
    return filled
