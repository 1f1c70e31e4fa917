"""Float64, in which folds are judged: a copy of a network, and runs in which nothing is narrower.

A network may name float32 itself: `x.float()`, `arange(8, dtype=torch.float32)`, a saved program
whose every constant has its type written down. Such a name is read as float64 while a run lasts,
so the network stays as it is and nothing has to be put back.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode


def widen(network: nn.Module) -> nn.Module:
    """Return a float64 copy of a network; run it with `numbers_in(torch.float64)`."""
    for module in network.modules():
        # What hooks such as `spectral_norm` leave there has a history, and cannot be copied.
        computed = {k: v for k, v in vars(module).items() if isinstance(v, Tensor)}
        vars(module).update({name: tensor.detach() for name, tensor in computed.items()})
    return copy.deepcopy(network).double()


@contextmanager
def numbers_in(dtype: torch.dtype) -> Iterator[None]:
    """In float64, make float64 of all that a network calls float32 or gives no type.

    Float32 is left as it is.
    """
    if dtype != torch.float64:
        yield
        return
    previous = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with _ReadsFloat32AsFloat64():
            yield
    finally:
        torch.set_default_dtype(previous)


class _ReadsFloat32AsFloat64(TorchFunctionMode):
    def __torch_function__(self, func, types, args=(), kwargs=None):
        if func is Tensor.float:
            return args[0].double()
        named = {key: _wide(value) for key, value in (kwargs or {}).items()}
        return func(*map(_wide, args), **named)


def _wide(value: Any) -> Any:
    return torch.float64 if value is torch.float32 else value
