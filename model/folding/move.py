"""What was folded where, and the modules that it happened to."""

from __future__ import annotations

from dataclasses import dataclass

from torch import nn


@dataclass(frozen=True)
class Move:
    """One thing that was folded, and the modules that changed by it."""

    kind: str
    paths: tuple[str, ...]


def replace_module(network: nn.Module, path: str, module: nn.Module) -> None:
    """Put a module in the place of the one at `path`."""
    parent, _, name = path.rpartition(".")
    setattr(network.get_submodule(parent), name, module)


def paths_of(network: nn.Module, module: nn.Module) -> list[str]:
    """Every name of a module; more than one if it is shared."""
    named = network.named_modules(remove_duplicate=False)
    return [path for path, candidate in named if candidate is module]


def is_within(path: str, block: str) -> bool:
    """Whether the module at `path` is the block or a part of it."""
    return block == "" or path == block or path.startswith(f"{block}.")
